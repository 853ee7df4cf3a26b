/** What a reviewer has typed about one request and not sent: it stays when they look elsewhere, or read the page again. */
export interface Kept {
  /** Of the request that it was typed about. */
  readonly version: number
  /** The edited arguments; null: nobody edits. */
  readonly text: string | null
  readonly reason: string
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const keyOf = (id: string): string => `holdpoint.answer.${id}`

const isKept = (value: unknown): value is Kept =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  typeof value.version === 'number' &&
  'text' in value &&
  (value.text === null || typeof value.text === 'string') &&
  'reason' in value &&
  typeof value.reason === 'string'

/** What was kept about a request, of whichever version; null where nothing was, or nothing can be kept. */
export function readKept(store: Store, id: string): Kept | null {
  try {
    const value: unknown = JSON.parse(store.getItem(keyOf(id)) ?? 'null')
    return isKept(value) ? value : null
  } catch {
    return null
  }
}

/** Nothing typed is nothing kept. A store that is full or shut keeps nothing; what is on screen stays there. */
export function writeKept(store: Store, id: string, kept: Kept): void {
  try {
    if (kept.text === null && kept.reason === '') store.removeItem(keyOf(id))
    else store.setItem(keyOf(id), JSON.stringify(kept))
  } catch {
    // Said above.
  }
}

export function dropKept(store: Store, id: string): void {
  try {
    store.removeItem(keyOf(id))
  } catch {
    // Said above.
  }
}
