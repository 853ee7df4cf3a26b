import { LONGEST_BACK_OFF_MS, pause } from './backoff.ts'
import { hasCode } from './database-errors.ts'
import type { CallOptions, Database } from './database.ts'
import { DatabaseAwayError, RunBusyError } from './errors.ts'
import type { Json } from './json.ts'
import type { Can } from './spec.ts'

const LOOK_AGAIN_MS = 500

/** What a run's new worker goes on from. */
export interface Claim {
  readonly run: {
    readonly id: string
    readonly agentId: string
    readonly epoch: number
    readonly skill: string | null
  }
  readonly memory: object | null
  readonly steps: readonly ClaimedStep[]
  /** A child that had completed: its steps are only looked up. */
  readonly over?: boolean
}

export interface ClaimedStep {
  readonly name: string
  readonly occurrence: number
  readonly result: Json
}

export interface Claimant {
  readonly database: Database
  readonly worker: string
  readonly leaseMs: number
}

/** @throws HoldpointError RUN_EXISTS while a worker lives, WrongVersionError, RunEndedError */
export async function claimRun(
  by: Claimant,
  id: string,
  can: Can | null,
  call: CallOptions,
): Promise<Claim> {
  const [row] = await by.database.query<{ claim: Claim }>(
    'select claim_run($1, $2, $3, $4::jsonb) as claim',
    [id, by.worker, by.leaseMs, can === null ? null : JSON.stringify(can)],
    call,
  )
  if (row === undefined) throw new Error('claim_run answered nothing')
  return row.claim
}

/** A worker that died holds its runs until their leases run out. @throws RunBusyError when it lives on */
export async function claimWhenFree(
  by: Claimant,
  id: string,
  can: Can | null,
  signal: AbortSignal,
): Promise<Claim> {
  const call = { signal, first: true }
  let until = performance.now() + by.leaseMs * 2
  for (;;) {
    const began = performance.now()
    try {
      return await claimRun(by, id, can, { ...call, once: true })
    } catch (error) {
      if (error instanceof DatabaseAwayError) {
        await by.database.query('select', [], call)
        await untilOthersAreHeard(by, began, signal)
        until = performance.now() + by.leaseMs * 2
        continue
      }
      if (!hasCode(error, 'RUN_EXISTS')) throw error
      if (performance.now() > until) {
        const message = error instanceof Error ? error.message : String(error)
        throw new RunBusyError(message, { cause: error })
      }
    }
    await pause(Math.min(1000, by.leaseMs / 10), signal)
  }
}

/** What a worker that looks for work can do: a skill, and of which versions. */
export interface Wanted extends Can {
  readonly skill: string
}

/** The agent's oldest run that waits for a worker and that this one can do; undefined: there is none now. */
export async function claimNext(
  by: Claimant,
  agent: string,
  wanted: readonly Wanted[],
  call: CallOptions,
): Promise<Claim | undefined> {
  const began = performance.now()
  try {
    const [row] = await by.database.query<{ claim: Claim | null }>(
      'select claim_next($1, $2, $3, $4::jsonb) as claim',
      [agent, by.worker, by.leaseMs, JSON.stringify(wanted)],
      { ...call, once: true },
    )
    return row?.claim ?? undefined
  } catch (error) {
    if (!(error instanceof DatabaseAwayError)) throw error
    while (!(await isBack(by.database, call))) await pause(LOOK_AGAIN_MS, call.signal)
    await untilOthersAreHeard(by, began, call.signal)
    return undefined
  }
}

/**
 * While the database was away no worker could renew a lease: after an absence in which leases may have run out, those
 * who live have one lease to say so before their runs are taken.
 */
export async function untilOthersAreHeard(
  by: Claimant,
  awaySince: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const away = performance.now() - awaySince
  if (away > by.leaseMs / 2) await pause(by.leaseMs + Math.min(away, LONGEST_BACK_OFF_MS), signal)
}

/** @returns false when it was away for longer than this worker's calls wait */
async function isBack(database: Database, call: CallOptions): Promise<boolean> {
  try {
    await database.query('select', [], call)
    return true
  } catch (error) {
    if (error instanceof DatabaseAwayError) return false
    throw error
  }
}
