import type { AuditSearch } from './search.ts'

interface IncidentWindow {
  readonly from?: string
  readonly to?: string
  readonly agent?: readonly string[]
  /** The run that is pointed at. */
  readonly run?: string
}

/** The same window as lanes, of the same agent. What else the log is filtered by, lanes do not know. */
export const incidentOf = ({ from, to, agent, run }: AuditSearch): IncidentWindow => ({
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
  ...(agent !== undefined && { agent: [agent] }),
  ...(run !== undefined && { run }),
})
