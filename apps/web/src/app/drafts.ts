/** What a person typed and did not send. It stays in this tab until it is sent or taken back, or the session is over. */
const prefix = 'holdpoint.draft.'

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** What was kept under this name; undefined where nothing was, something else is, or nothing can be kept. */
export function readDraft<Draft>(
  store: Store,
  name: string,
  is: (value: unknown) => value is Draft,
): Draft | undefined {
  try {
    const value: unknown = JSON.parse(store.getItem(prefix + name) ?? 'null')
    return is(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Null: nothing is typed. A store that is full or shut keeps nothing; what is on screen stays there. */
export function writeDraft(store: Store, name: string, draft: object | null): void {
  try {
    if (draft === null) store.removeItem(prefix + name)
    else store.setItem(prefix + name, JSON.stringify(draft))
  } catch {
    // Said above.
  }
}

const whose = 'holdpoint.drafts-of'

/** Says who types here from now on. What somebody else typed in this tab, and did not send, is gone. */
export function draftsAre(store: Storage, actor: string): void {
  try {
    const before = store.getItem(whose)
    if (before !== null && before !== actor)
      for (const name of draftsUnder(store, '')) store.removeItem(prefix + name)
    store.setItem(whose, actor)
  } catch {
    // Nothing can be kept here, so nothing is.
  }
}

/** What follows the prefix in the names of all that is kept under it. */
export function draftsUnder(store: Storage, names: string): string[] {
  try {
    const under = prefix + names
    return Object.keys(store).flatMap((key) =>
      key.startsWith(under) ? [key.slice(under.length)] : [],
    )
  } catch {
    return []
  }
}
