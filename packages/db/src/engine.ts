import type { ClientBase, Pool } from 'pg'

/**
 * Where a reader of the event history stands: all events visible in `snapshot` have been read.
 * Valid on any connection to the same primary, also after the server process was started again.
 */
export interface Position {
  /** Cluster, database and timeline; another one after a fail-over or a restored backup. */
  cluster: string
  /** `pg_snapshot` as text. */
  snapshot: string
}

/** One row of run_events. What travels on to browsers stays the JSON text that the database wrote. */
export interface RunEvent {
  workflow_id: string
  /** Dense within the run, from 1. */
  seq: number
  kind: string
  /** The run's status after the event. */
  status: string
  /** The approval that it is about, if any. */
  approval_id: string | null
  /** Milliseconds between the event and its being read, by the database's clock. */
  age_ms: number
  /** The run's small state after the event: a `Run` of the protocol. */
  state: string
  /** All of it: a `RunEvent` of the protocol. */
  json: string
}

/**
 * What became visible since a position. `resync` means: forget the position, read a fresh snapshot;
 * the database is another one, or it is older than the position, or there is more than was asked for.
 */
export type Tail =
  | {
      kind: 'events'
      position: Position
      events: RunEvent[]
      /** The database's clock: as ISO 8601, and as milliseconds since 1970. */
      now: string
      nowMs: number
    }
  | { kind: 'resync'; why: 'another-cluster' | 'older-database' | 'too-many' }

/** What a reader of one run has missed, and the sequence up to which that takes it. */
export interface RunTail {
  events: RunEvent[]
  lastSeq: number
}

interface Lease {
  /** Grows whenever the holder changes. */
  term: number
}

/**
 * All in which databases differ for us stands behind this. There is one implementation, for Postgres;
 * CockroachDB has no snapshots to compare and would read its changefeeds.
 */
export interface Engine {
  /**
   * The position that belongs to what this client's transaction sees: call it inside REPEATABLE READ
   * together with the reads that make a snapshot. Fails on a standby (55000).
   */
  position(client: ClientBase): Promise<Position>
  /**
   * Reads each event after `from` exactly once, ordered by run and sequence, at most `limit` of them.
   * Give it a connection of its own, outside a transaction: it changes the planner's settings there.
   */
  tail(client: ClientBase, from: Position, limit: number): Promise<Tail>
  /** Ids of the runs that have events after `from`; undefined when more events than `limit` came. */
  runsSince(client: ClientBase, from: Position, limit: number): Promise<string[] | undefined>
  /** The events of one run after `from`; undefined when there are more than `limit`, or no such run. */
  runSince(
    client: ClientBase,
    run: string,
    from: Position,
    limit: number,
  ): Promise<RunTail | undefined>
  /** Takes or prolongs a lease for some seconds of the database's clock; undefined while another holds it. */
  takeLease(pool: Pool, name: string, holder: string, seconds: number): Promise<Lease | undefined>
  /** Gives a lease back before it runs out. */
  dropLease(pool: Pool, name: string, holder: string): Promise<void>
}
