import { useState } from 'react'

interface GoToProps {
  /** @returns false when the words name no place */
  readonly seek: (words: string) => boolean
}

/** Goes to an event by its number, or by when it was. */
export function GoTo({ seek }: GoToProps) {
  const [words, setWords] = useState('')
  const [unknown, setUnknown] = useState(false)
  return (
    <form
      className="min-w-0"
      onSubmit={(event) => {
        event.preventDefault()
        setUnknown(!seek(words))
      }}
    >
      <input
        aria-label="Go to an event by its number or time"
        aria-invalid={unknown}
        placeholder="Go to # or time"
        value={words}
        onChange={(event) => {
          setWords(event.target.value)
          setUnknown(false)
        }}
        className="border-line bg-bg placeholder:text-muted h-6 w-30 max-w-full rounded-ctl border px-2 text-small max-md:h-8"
      />
      {unknown && (
        <p
          role="alert"
          className="border-line bg-surface text-bad shadow-raised absolute z-20 mt-1 rounded-ctl border px-2 py-1 text-small"
        >
          Type a number, or a time like 03:12:07.
        </p>
      )}
    </form>
  )
}
