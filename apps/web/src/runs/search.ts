import { parseZoom } from './timeline/zoom.ts'

export const runTabs = ['timeline', 'actions', 'drift', 'approvals', 'audit', 'raw'] as const
export type RunTab = (typeof runTabs)[number]

export const kindGroups = ['state', 'step', 'action', 'control', 'approval', 'audit'] as const
export type KindGroup = (typeof kindGroups)[number]

/** What a link to a place inside a run's page says. */
export interface RunSearch {
  readonly tab?: RunTab
  /** What part of the run the waterfall shows, as `parseZoom` reads it. */
  readonly zoom?: string
  readonly kinds?: readonly KindGroup[]
  /** What is open beside the timeline: `event.12`, `action.<id>` or `step.<occurrence>.<name>`. */
  readonly sel?: string
  /** The event whose drift score is open, by its number. */
  readonly point?: string
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const among = <T extends string>(all: readonly T[], value: unknown): value is T =>
  (all as readonly unknown[]).includes(value)

const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : []

export function parseRunSearch(raw: Record<string, unknown>): RunSearch {
  const kinds = list(raw['kinds']).filter((kind): kind is KindGroup => among(kindGroups, kind))
  return {
    ...(among(runTabs, raw['tab']) && raw['tab'] !== 'timeline' && { tab: raw['tab'] }),
    ...(parseZoom(text(raw['zoom'])) !== null && { zoom: String(raw['zoom']) }),
    ...(kinds.length > 0 && { kinds }),
    ...(typeof raw['sel'] === 'string' && raw['sel'] !== '' && { sel: raw['sel'] }),
    ...(/^[1-9]\d{0,14}$/.test(String(raw['point'])) && { point: String(raw['point']) }),
  }
}

export type Selection =
  | { readonly kind: 'event'; readonly seq: number }
  | { readonly kind: 'action'; readonly id: string }
  | { readonly kind: 'step'; readonly name: string; readonly occurrence: number }

export const eventSel = (seq: number) => `event.${seq}`
export const actionSel = (id: string) => `action.${id}`
export const stepSel = (name: string, occurrence: number) => `step.${occurrence}.${name}`

export function parseSelection(sel: string | undefined): Selection | null {
  const [kind, first = '', ...rest] = (sel ?? '').split('.')
  switch (kind) {
    case 'event':
      return /^\d{1,15}$/.test(first) ? { kind, seq: Number(first) } : null
    case 'action':
      return { kind, id: first }
    case 'step':
      return /^\d{1,9}$/.test(first)
        ? { kind, occurrence: Number(first), name: rest.join('.') }
        : null
    default:
      return null
  }
}
