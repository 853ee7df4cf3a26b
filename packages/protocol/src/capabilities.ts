/**
 * What Holdpoint can see and do to a run depends on how its agent is connected. A screen shows these
 * words; it never implies more.
 */
export const engines = ['sql', 'sdk'] as const
export type Engine = (typeof engines)[number]

export interface Capabilities {
  /** Where a pause takes effect. */
  readonly pause: 'before the next action' | 'at its next write'
  /** How a kill reaches work in flight. */
  readonly kill: 'signals the worker' | 'refuses its next write'
  /** Can it be seen that the agent got the request? */
  readonly delivery: 'observed' | 'cannot be observed'
  /** Can a dead worker be told from a silent one? */
  readonly liveness: 'lease' | 'silent since its last write'
}

const known: Record<Engine, Capabilities> = {
  sql: {
    pause: 'at its next write',
    kill: 'refuses its next write',
    delivery: 'cannot be observed',
    liveness: 'silent since its last write',
  },
  sdk: {
    pause: 'before the next action',
    kill: 'signals the worker',
    delivery: 'observed',
    liveness: 'lease',
  },
}

/** The capabilities of an engine; an engine we do not know is promised the least. */
export const capabilitiesOf = (engine: string): Capabilities =>
  engine === 'sdk' ? known.sdk : known.sql
