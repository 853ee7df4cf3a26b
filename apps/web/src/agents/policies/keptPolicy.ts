import { onExpiries } from '@holdpoint/protocol'

import { draftsUnder, readDraft, writeDraft } from '../../app/drafts.ts'
import { newPolicy, type PolicyForm } from './policyForm.ts'

/** What was typed into a policy's form and not saved. */
export interface KeptPolicy {
  /** Of the policy that it was typed over; 0: a new one. */
  readonly version: number
  readonly form: PolicyForm
  readonly reason: string
}

type Store = Parameters<typeof readDraft>[0]

const nameOf = (id: string | null): string => `${prefix}${id ?? 'new'}`
const prefix = 'policy.'

/** By id, and `new` for one to come. */
export const keptPolicies = (store: Storage): ReadonlySet<string> =>
  new Set(draftsUnder(store, prefix))

const fields = Object.keys(newPolicy) as (keyof PolicyForm)[]

/** Every field as the form has it today: what an earlier console kept may lack one. */
const isForm = (value: unknown): value is PolicyForm =>
  typeof value === 'object' &&
  value !== null &&
  fields.every((field) => typeof Reflect.get(value, field) === typeof newPolicy[field]) &&
  onExpiries.some((each) => each === Reflect.get(value, 'onExpiry'))

const isKept = (value: unknown): value is KeptPolicy =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  typeof value.version === 'number' &&
  'reason' in value &&
  typeof value.reason === 'string' &&
  'form' in value &&
  isForm(value.form)

const same = (a: PolicyForm, b: PolicyForm): boolean =>
  fields.every((field) => a[field] === b[field])

/** Whether anything of it is not as it was before somebody typed. */
export const isTyped = (kept: KeptPolicy, fresh: KeptPolicy): boolean =>
  kept.reason !== fresh.reason || !same(kept.form, fresh.form)

export const readPolicy = (store: Store, id: string | null): KeptPolicy | undefined =>
  readDraft(store, nameOf(id), isKept)

export const dropPolicy = (store: Store, id: string | null): void =>
  writeDraft(store, nameOf(id), null)

/** Nothing typed is nothing kept. */
export const writePolicy = (
  store: Store,
  id: string | null,
  kept: KeptPolicy,
  fresh: KeptPolicy,
): void => writeDraft(store, nameOf(id), isTyped(kept, fresh) ? kept : null)
