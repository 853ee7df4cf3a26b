import { onExpiries } from '@holdpoint/protocol'

import { draftsUnder, readDraft, writeDraft } from '../../app/drafts.ts'
import type { Fields } from '../fieldChanges.ts'
import { fieldNames, newPolicy, type PolicyForm } from './policyForm.ts'

/** What was typed into a policy's form and not saved. */
export interface KeptPolicy {
  /** Of the policy that it was typed over; 0: a new one. */
  readonly version: number
  /** As the form stood before anything was typed. */
  readonly base: PolicyForm
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
  'base' in value &&
  isForm(value.base) &&
  'form' in value &&
  isForm(value.form)

/** The fields that somebody made another of. */
const changed = (base: PolicyForm, form: PolicyForm): readonly (keyof PolicyForm)[] =>
  fields.filter((field) => base[field] !== form[field])

/** Whether anything of it is not as it was before somebody typed. */
export const isTyped = ({ base, form, reason }: KeptPolicy): boolean =>
  reason !== '' || changed(base, form).length > 0

/** What was typed over one version, put on top of another: only what was changed, and nothing that was left as it was. */
export const reapplied = ({ base, form }: KeptPolicy, onto: PolicyForm): PolicyForm =>
  changed(base, form).reduce((next, field) => ({ ...next, [field]: form[field] }), onto)

const inWords = (value: string | boolean): string =>
  typeof value === 'string' ? value : value ? 'yes' : 'no'

/** The form as a reader has it. */
export const policyFields = (form: PolicyForm): Fields =>
  Object.fromEntries(fields.map((field) => [fieldNames[field], inWords(form[field])]))

export const readPolicy = (store: Store, id: string | null): KeptPolicy | undefined =>
  readDraft(store, nameOf(id), isKept)

export const dropPolicy = (store: Store, id: string | null): void =>
  writeDraft(store, nameOf(id), null)

/** Nothing typed is nothing kept. */
export const writePolicy = (store: Store, id: string | null, kept: KeptPolicy): void =>
  writeDraft(store, nameOf(id), isTyped(kept) ? kept : null)
