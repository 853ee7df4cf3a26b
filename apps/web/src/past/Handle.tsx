import type { KeyboardEvent } from 'react'

import { thenWords } from '../time/instant'
import type { Window } from './window'

interface HandleProps {
  readonly word: string
  readonly ms: number
  readonly place: string
  readonly window: Window
  /** By name, as hotkeys have it. */
  readonly keys: Readonly<Record<string, () => void>>
  readonly quiet?: boolean
}

/** An instant in the strip, for the hand and for keys. */
export function Handle({ word, ms, place, window, keys, quiet = false }: HandleProps) {
  const press = (event: KeyboardEvent) => {
    const key = event.key.toLowerCase()
    const action = keys[event.shiftKey ? `shift+${key}` : key]
    if (action === undefined || event.altKey || event.metaKey || event.ctrlKey) return
    // Arrows of the page, such as those of a tree, are not meant.
    event.preventDefault()
    event.stopPropagation()
    action()
  }
  return (
    <span
      role="slider"
      tabIndex={0}
      aria-label={word}
      aria-orientation="horizontal"
      aria-valuemin={Math.round(window.from)}
      aria-valuemax={Math.round(window.to)}
      aria-valuenow={Math.round(ms)}
      aria-valuetext={thenWords(ms)}
      onKeyDown={press}
      className="group absolute inset-y-0 flex w-4 -translate-x-1/2 justify-center outline-none"
      style={{ left: place }}
    >
      <span
        className={`h-full w-0.5 ${quiet ? 'bg-muted' : 'bg-accent'} group-focus-visible:w-1`}
      />
      <span
        className={`absolute top-0 size-2.5 rounded-full ${quiet ? 'bg-muted' : 'bg-accent'} group-focus-visible:outline-accent group-focus-visible:outline-2 group-focus-visible:outline-offset-2`}
      />
    </span>
  )
}
