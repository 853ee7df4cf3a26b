import { useState } from 'react'

/** An id by its beginning; the whole one under the pointer, and to whoever presses it. */
export function CopyId({ of, id }: { readonly of: string; readonly id: string }) {
  const [said, setSaid] = useState<string | null>(null)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(id)
      setSaid('copied')
    } catch {
      // A browser allows it on trusted pages only: then it is there to be read.
      setSaid(id)
    }
    setTimeout(() => setSaid(null), 4000)
  }
  return (
    <button
      type="button"
      title={`Copy ${id}`}
      aria-label={`Copy the id of ${of}: ${id}`}
      onClick={() => void copy()}
      className="text-muted hover:text-text hover:bg-raised rounded-ctl px-1 font-mono text-small max-md:min-h-11"
    >
      <span aria-live="polite">{said ?? id.slice(0, 8)}</span>
    </button>
  )
}
