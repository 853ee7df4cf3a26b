import { readDraft, writeDraft } from '../../app/drafts.ts'

/** What was typed into an agent's policy for drift and not saved. */
export interface KeptDrift {
  /** Of the policy that it was typed over; 0: there was none. */
  readonly version: number
  readonly text: string
  readonly holds: boolean
  readonly reason: string
}

type Store = Parameters<typeof readDraft>[0]

const nameOf = (agentId: string): string => `drift.${agentId}`

const isKept = (value: unknown): value is KeptDrift =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  typeof value.version === 'number' &&
  'text' in value &&
  typeof value.text === 'string' &&
  'holds' in value &&
  typeof value.holds === 'boolean' &&
  'reason' in value &&
  typeof value.reason === 'string'

export const readDrift = (store: Store, agentId: string): KeptDrift | undefined =>
  readDraft(store, nameOf(agentId), isKept)

/** Null: nothing is typed. */
export const writeDrift = (store: Store, agentId: string, kept: KeptDrift | null): void =>
  writeDraft(store, nameOf(agentId), kept)

/** Whether anything is not as the policy has it. */
export const isTypedDrift = (kept: KeptDrift, fresh: KeptDrift): boolean =>
  kept.text !== fresh.text || kept.holds !== fresh.holds || kept.reason !== ''
