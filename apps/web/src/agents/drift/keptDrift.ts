import { readDraft, writeDraft } from '../../app/drafts.ts'
import type { Fields } from '../fieldChanges.ts'
import { settingsText, typedSettings, type SettingsObject } from './driftPolicyText.ts'

/** What the form holds of a policy for drift. */
export interface DriftForm {
  readonly text: string
  readonly holds: boolean
}

/** What was typed into an agent's policy for drift and not saved. */
export interface KeptDrift {
  /** Of the policy that it was typed over; 0: there was none. */
  readonly version: number
  /** As the form stood before anything was typed. */
  readonly base: DriftForm
  readonly form: DriftForm
  readonly reason: string
}

type Store = Parameters<typeof readDraft>[0]

const nameOf = (agentId: string): string => `drift.${agentId}`

const isForm = (value: unknown): value is DriftForm =>
  typeof value === 'object' &&
  value !== null &&
  'text' in value &&
  typeof value.text === 'string' &&
  'holds' in value &&
  typeof value.holds === 'boolean'

const isKept = (value: unknown): value is KeptDrift =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  typeof value.version === 'number' &&
  'base' in value &&
  isForm(value.base) &&
  'form' in value &&
  isForm(value.form) &&
  'reason' in value &&
  typeof value.reason === 'string'

export const readDrift = (store: Store, agentId: string): KeptDrift | undefined =>
  readDraft(store, nameOf(agentId), isKept)

/** Nothing typed is nothing kept. */
export const writeDrift = (store: Store, agentId: string, kept: KeptDrift): void =>
  writeDraft(store, nameOf(agentId), isTypedDrift(kept) ? kept : null)

/** Whether anything of it is not as it was before somebody typed. */
export const isTypedDrift = ({ base, form, reason }: KeptDrift): boolean =>
  form.text !== base.text || form.holds !== base.holds || reason !== ''

const settingsOf = ({ text }: DriftForm): SettingsObject | null => {
  const typed = typedSettings(text)
  return typed.ok ? typed.settings : null
}

const inWords = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

const names: Readonly<Record<string, string>> = { loopAt: 'Loop at', driftAt: 'Drift at' }

/** Forms as a reader has them: setting by setting, or as a whole where what was typed is no JSON yet. */
export function driftFields(...forms: readonly DriftForm[]): readonly Fields[] {
  const whole = forms.some((form) => settingsOf(form) === null)
  return forms.map((form) => ({
    'When it is reached': form.holds ? 'hold the run' : 'only show it',
    ...(whole
      ? { 'All settings': form.text }
      : Object.fromEntries(
          Object.entries(settingsOf(form) ?? {}).map(([key, value]) => [
            names[key] ?? key,
            inWords(value),
          ]),
        )),
  }))
}

/** What was typed over one version, put on top of another: only what was changed, and nothing that was left as it was. */
export function reappliedDrift({ base, form }: KeptDrift, onto: DriftForm): DriftForm {
  const holds = form.holds === base.holds ? onto.holds : form.holds
  const [was, mine, theirs] = [base, form, onto].map(settingsOf)
  if (!was || !mine || !theirs)
    return { text: form.text === base.text ? onto.text : form.text, holds }
  const merged = { ...theirs }
  for (const key of Object.keys({ ...was, ...mine })) {
    if (JSON.stringify(was[key]) === JSON.stringify(mine[key])) continue
    if (key in mine) merged[key] = mine[key]
    else delete merged[key]
  }
  return { text: settingsText(merged), holds }
}
