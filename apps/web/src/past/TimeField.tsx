import { useState } from 'react'

import { thenWords, typedInstant } from '../time/instant'

interface TimeFieldProps {
  readonly at: number
  readonly now: number
  readonly go: (ms: number) => void
}

/** Says where the page is, and takes another time as people write it. */
export function TimeField({ at, now, go }: TimeFieldProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const [wrong, setWrong] = useState(false)
  const leave = () => {
    setTyped(null)
    setWrong(false)
  }
  return (
    <form
      className="relative"
      onSubmit={(event) => {
        event.preventDefault()
        const ms = typedInstant(typed ?? '', now)
        setWrong(ms === null && typed !== null)
        if (ms === null) return
        leave()
        go(ms)
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
      }}
    >
      <input
        id="past-time"
        aria-label="Time to look at"
        aria-invalid={wrong}
        aria-describedby={wrong ? 'past-time-help' : undefined}
        autoComplete="off"
        value={typed ?? thenWords(at, now)}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={leave}
        onChange={(event) => {
          setTyped(event.target.value)
          setWrong(false)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
        className={`bg-bg h-7 w-40 rounded-ctl max-md:w-52 border px-2 text-center font-mono text-small max-md:h-9 max-md:text-[16px] ${wrong ? 'border-bad' : 'border-line'}`}
      />
      {wrong && (
        <p
          id="past-time-help"
          role="alert"
          className="border-line bg-surface text-bad shadow-raised absolute top-full left-0 z-20 mt-1 rounded-ctl border px-2 py-1 text-small whitespace-nowrap"
        >
          Type a time like 03:12, yesterday 03:12:07, 20 Nov 03:12 or 15 min ago.
        </p>
      )}
    </form>
  )
}
