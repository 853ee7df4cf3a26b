import { isUuid } from '@holdpoint/protocol'

/** What the log can be filtered by in words; each is a part of the address. */
export const fields = ['agent', 'run', 'actor', 'login', 'table', 'row', 'action'] as const
export type Field = (typeof fields)[number]

/** The audit page's view, as the URL holds it. */
export interface AuditSearch extends Partial<Record<Field, string>> {
  /** An instant, or so long before now: `-15m`. */
  readonly from?: string
  readonly to?: string
  readonly late?: 'yes'
  readonly order?: 'oldest'
  /** The row that is open beside the list. */
  readonly sel?: string
}

/** The same as the server is asked for it. */
export interface AuditFilter {
  readonly agentId?: string
  readonly runId?: string
  readonly actor?: string
  readonly login?: string
  readonly table?: string
  readonly row?: string
  readonly action?: string
  readonly from?: string
  readonly to?: string
  readonly late?: boolean
}

export const isRelative = (moment: string): boolean => /^-\d{1,6}[smhd]$/.test(moment)
const isInstant = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
  Number.isFinite(Date.parse(text))

/** People type `2026-11-20T03:00` too, and mean their own zone. */
function moment(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null
  if (isRelative(value) || isInstant(value)) return value
  const ms = Date.parse(value)
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null
}

/** Reads the URL; what it does not understand it drops, so that an old link still opens. */
export function parseAuditSearch(raw: Record<string, unknown>): AuditSearch {
  const search: { -readonly [K in keyof AuditSearch]: AuditSearch[K] } = {}
  for (const field of fields) {
    const value = raw[field]
    if (typeof value !== 'string' || value === '' || value.length > 500) continue
    if (field !== 'run' || isUuid(value)) search[field] = value
  }
  const from = moment(raw['from'])
  const to = moment(raw['to'])
  if (from !== null) search.from = from
  if (to !== null) search.to = to
  if (raw['late'] === 'yes') search.late = 'yes'
  if (raw['order'] === 'oldest') search.order = 'oldest'
  if (typeof raw['sel'] === 'string' && isUuid(raw['sel'])) search.sel = raw['sel']
  return search
}

export function filterOf(search: AuditSearch): AuditFilter {
  const { agent, run, late, order: _order, sel: _sel, ...same } = search
  return {
    ...same,
    ...(agent !== undefined && { agentId: agent }),
    ...(run !== undefined && { runId: run }),
    ...(late === 'yes' && { late: true }),
  }
}

export const isFiltered = (search: AuditSearch): boolean => Object.keys(filterOf(search)).length > 0

/** The same view without some of its parts. */
export function without(search: AuditSearch, ...keys: (keyof AuditSearch)[]): AuditSearch {
  const rest = { ...search }
  for (const key of keys) delete rest[key]
  return rest
}

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The instant in ms that a moment of a filter stands for. */
export function momentMs(value: string, now: number): number {
  const [, amount, unit] = /^-(\d+)([smhd])$/.exec(value) ?? []
  return amount === undefined
    ? Date.parse(value)
    : now - Number(amount) * units[unit as keyof typeof units]
}

/** The view as it is now, for a link that shows the same tomorrow: "the last hour" becomes this hour. */
export function frozen(search: AuditSearch, now: number): AuditSearch {
  const { from, to } = search
  const relative = [from, to].some((each) => each !== undefined && isRelative(each))
  if (!relative) return search
  const fixed = (value: string) => new Date(momentMs(value, now)).toISOString()
  return {
    ...search,
    ...(from !== undefined && { from: fixed(from) }),
    to: to === undefined ? new Date(now).toISOString() : fixed(to),
  }
}
