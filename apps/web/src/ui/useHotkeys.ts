import { useEffect, useEffectEvent } from 'react'

export interface Hotkeys {
  /**
   * By `event.key`, in lower case; `mod+k` is Ctrl or Cmd; `shift+j` comes before `j` where both are named; `alt+,` is
   * never taken for `,`. Held keys do not repeat unless named in `repeat`.
   */
  readonly down: Readonly<Record<string, (() => void) | undefined>>
  readonly up?: Readonly<Record<string, (() => void) | undefined>>
  readonly repeat?: readonly string[]
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** Wherever the focus is: a P among the choices of a menu, or beside a button of a dialog, is not for a run. */
const covered = (): boolean =>
  document.querySelector('dialog[open], [role=dialog], [role=menu]') !== null

/** Enter and Space belong to whatever control has the focus. */
const ownKey = (event: KeyboardEvent): boolean =>
  (event.key === 'Enter' || event.key === ' ') &&
  event.target instanceof HTMLElement &&
  event.target.closest('a, button, summary') !== null

/** Shift and Alt make other characters of these, and not the same on every keyboard. */
const places: Readonly<Record<string, string>> = { Comma: ',', Period: '.' }

const nameOf = (event: KeyboardEvent): string => {
  const key = places[event.code] ?? event.key.toLowerCase()
  if (event.altKey) return `alt+${key}`
  return event.metaKey || event.ctrlKey ? `mod+${key}` : key
}

/** Keys of the page that is open. Silent while someone types, or a dialog or a menu is open. */
export function useHotkeys(hotkeys: Hotkeys): void {
  const down = useEffectEvent((event: KeyboardEvent) => {
    const plain = nameOf(event)
    const shifted = `shift+${plain}`
    const name = event.shiftKey && hotkeys.down[shifted] !== undefined ? shifted : plain
    const action = hotkeys.down[name]
    if (action === undefined || event.defaultPrevented) return
    // Ctrl-A in a field is for its text.
    if ((!name.startsWith('mod+') || name === 'mod+a') && typing(event.target)) return
    if (covered() || ownKey(event)) return
    event.preventDefault()
    if (!event.repeat || hotkeys.repeat?.includes(plain) === true) action()
  })
  const up = useEffectEvent((event: KeyboardEvent) => hotkeys.up?.[event.key.toLowerCase()]?.())
  useEffect(() => {
    const onDown = (event: KeyboardEvent) => down(event)
    const onUp = (event: KeyboardEvent) => up(event)
    addEventListener('keydown', onDown)
    addEventListener('keyup', onUp)
    return () => {
      removeEventListener('keydown', onDown)
      removeEventListener('keyup', onUp)
    }
  }, [])
}
