import { readDraft, writeDraft } from '../app/drafts.ts'

/** What a reviewer has typed about one request and not sent: it stays when they look elsewhere, or read the page again. */
export interface Kept {
  /** Of the request that it was typed about. */
  readonly version: number
  /** The edited arguments; null: nobody edits. */
  readonly text: string | null
  readonly reason: string
}

type Store = Parameters<typeof readDraft>[0]

const nameOf = (id: string): string => `answer.${id}`

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
export const readKept = (store: Store, id: string): Kept | null =>
  readDraft(store, nameOf(id), isKept) ?? null

/** Nothing typed is nothing kept. */
export const writeKept = (store: Store, id: string, kept: Kept): void =>
  writeDraft(store, nameOf(id), kept.text === null && kept.reason === '' ? null : kept)

export const dropKept = (store: Store, id: string): void => writeDraft(store, nameOf(id), null)
