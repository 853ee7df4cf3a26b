import type { DriftPolicy } from '@holdpoint/protocol'

export type SettingsObject = Readonly<Record<string, unknown>>

/** The settings as they are edited: JSON that a person can read. */
export const settingsText = (settings: SettingsObject): string =>
  Object.keys(settings).length === 0 ? '{}' : JSON.stringify(settings, null, 2)

export type Typed =
  | { readonly ok: true; readonly settings: SettingsObject }
  | { readonly ok: false; readonly because: string }

/** What was typed, if it is an object of JSON; what it may say is the server's to know. */
export function typedSettings(text: string): Typed {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { ok: true, settings: value as SettingsObject }
    return { ok: false, because: 'Settings are an object: { "loopAt": 1 }' }
  } catch (error) {
    return { ok: false, because: error instanceof Error ? error.message : String(error) }
  }
}

export type Threshold = 'loopAt' | 'driftAt'

/** A threshold as its field shows it; empty is never. */
export function thresholdOf(settings: SettingsObject, name: Threshold): string {
  const value = settings[name]
  return typeof value === 'number' || typeof value === 'string' ? String(value) : ''
}

/** The settings with another threshold; an empty field takes it out. */
export function withThreshold(
  settings: SettingsObject,
  name: Threshold,
  field: string,
): SettingsObject {
  const { [name]: _, ...others } = settings
  const number = Number(field.trim().replace(',', '.'))
  if (field.trim() === '') return others
  return { ...others, [name]: Number.isNaN(number) ? field.trim() : number }
}

const isPoll = (tool: unknown): boolean =>
  typeof tool === 'object' && tool !== null && 'poll' in tool && tool.poll !== null

/** Tools of which the same answer may be asked for again. */
export function polls({ settings }: Pick<DriftPolicy, 'settings'>): readonly string[] {
  const tools = settings['tools']
  if (typeof tools !== 'object' || tools === null) return []
  return Object.entries(tools as Readonly<Record<string, unknown>>).flatMap(([name, tool]) =>
    isPoll(tool) ? [name] : [],
  )
}

/** It only scores: nothing that it finds is told or holds. */
export const onlyScores = ({ settings }: Pick<DriftPolicy, 'settings'>): boolean =>
  thresholdOf(settings, 'loopAt') === '' && thresholdOf(settings, 'driftAt') === ''

/** What a policy does, in a few words. */
export function driftPolicyWords({
  settings,
  holds,
}: Pick<DriftPolicy, 'settings' | 'holds'>): string {
  if (onlyScores({ settings })) return 'scores only, never holds'
  const at = [
    thresholdOf(settings, 'loopAt') === '' ? null : `a loop at ${thresholdOf(settings, 'loopAt')}`,
    thresholdOf(settings, 'driftAt') === '' ? null : `drift at ${thresholdOf(settings, 'driftAt')}`,
  ].filter((part) => part !== null)
  return `${holds ? 'holds' : 'shows'} ${at.join(' or ')}`
}
