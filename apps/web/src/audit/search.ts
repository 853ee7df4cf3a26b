import { isUuid } from '@holdpoint/protocol'

import { parseMoment, type TimeWindow } from '../time/moment.ts'

/** What the log can be filtered by in words; each is a part of the address. */
export const fields = ['agent', 'run', 'actor', 'login', 'table', 'row', 'action'] as const
export type Field = (typeof fields)[number]

/** The audit page's view, as the URL holds it. */
export interface AuditSearch extends TimeWindow, Partial<Record<Field, string>> {
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

/** Reads the URL; what it does not understand it drops, so that an old link still opens. */
export function parseAuditSearch(raw: Record<string, unknown>): AuditSearch {
  const search: { -readonly [K in keyof AuditSearch]: AuditSearch[K] } = {}
  for (const field of fields) {
    const value = raw[field]
    if (typeof value !== 'string' || value === '' || value.length > 500) continue
    if (field !== 'run' || isUuid(value)) search[field] = value
  }
  const from = parseMoment(raw['from'])
  const to = parseMoment(raw['to'])
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
