export const AGENT = 'ops-agent'
export const TRIAGE = 'triage'
export const TRIAGE_VERSION = '1'

export interface Alert {
  /** The same for as long as the trouble lasts. */
  readonly id: string
  readonly what: string
  readonly since: string
  readonly times: number
}

export interface Health {
  readonly status: 'ok' | 'degraded'
  readonly alert: Alert | null
}
