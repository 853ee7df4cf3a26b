import type { IncidentSearch } from './search.ts'
import type { Span } from './timeline/span.ts'

const iso = (ms: number): string => new Date(Math.round(ms)).toISOString()
/** How much before and after an act the log is shown, in ms. */
const aroundMs = 5 * 60_000

interface AuditWindow {
  readonly from: string
  readonly to?: string
  readonly agent?: string
  readonly sel?: string
}

/** The same window in the audit log. The log is narrowed to one agent or to none: of several it shows all. */
export function auditOf({ from, to, agent }: IncidentSearch, span: Span): AuditWindow {
  const [only, other] = agent ?? []
  return {
    from: from ?? iso(span.from),
    ...(to !== undefined && { to }),
    ...(only !== undefined && other === undefined && { agent: only }),
  }
}

/** A row of the log, open, among those around it. */
export function auditAround({ id, at }: { readonly id: string; readonly at: string }): AuditWindow {
  const ms = Date.parse(at)
  return { from: iso(ms - aroundMs), to: iso(ms + aroundMs), sel: id }
}
