import { pause } from './backoff.ts'
import { hasCode } from './database-errors.ts'
import type { Database } from './database.ts'
import { RunBusyError } from './errors.ts'
import { stableId } from './keys.ts'
import { type Redact, shortText } from './payload.ts'
import { mayGoOn } from './run-view.ts'
import { type Claim, type ClaimedStep, Session } from './session.ts'

export type Memory = Record<string, unknown>

/** What a run is, as people will see it. `M` is the type of its memory. */
export interface RunSpec<M extends object = Memory> {
  /** Who works: the name that its login may act as. A child has its parent's unless given. */
  readonly agent?: string
  /** What it is for, one sentence. */
  readonly goal?: string
  readonly skill?: string
  readonly skillVersion?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly limits?: RunLimits
  /** A UUID: goes on with that run if it exists and nobody else does, starts it under that id if not. */
  readonly runId?: string
  /** The run that this one belongs to: killed with it. */
  readonly parentId?: string
  /** Name of a child within its parent: the same child is found again after a restart. */
  readonly childKey?: string
  /** The memory to begin with; a run that is claimed again has its own. */
  readonly memory?: M
}

/** What the run is allowed to use. */
export interface RunLimits {
  readonly tokens?: number
  readonly costUsd?: number
  readonly steps?: number
  readonly deadline?: Date
}

export interface Host {
  readonly database: Database
  readonly worker: string
  readonly leaseMs: number
  readonly redact: Redact
  readonly workerSignal: AbortSignal
  readonly changed: (session: Session) => void
  readonly parent: Session | undefined
}

/** Starts the run, or claims it where it exists already. @throws RunBusyError, RunEndedError, HoldpointError */
export async function openSession(spec: RunSpec<object>, host: Host): Promise<Session> {
  const { parent } = host
  const agent = spec.agent ?? parent?.agent
  if (agent === undefined || agent === '') throw new TypeError('A run needs the name of its agent.')
  const named = spec.runId ?? (parent === undefined ? undefined : childId(parent, spec))
  const id = named ?? crypto.randomUUID()
  const started = await start(id, agent, spec, host)
  const claim = started ?? (await claimWhenFree(id, host))
  return new Session({
    ...host,
    id,
    agent,
    epoch: claim.run.epoch,
    memory: claim.memory ?? structuredClone(spec.memory ?? {}),
    steps: claim.steps,
    over: claim.over === true,
  })
}

function childId(parent: Session, spec: RunSpec<object>): string {
  parent.children += 1
  return stableId('child', parent.id, spec.childKey ?? parent.children)
}

/** @returns undefined when a run of that id exists */
async function start(
  id: string,
  agent: string,
  spec: RunSpec<object>,
  host: Host,
): Promise<Claim | undefined> {
  const text = JSON.stringify({
    runId: id,
    agentId: agent,
    goal: spec.goal === undefined ? undefined : shortText(spec.goal, 4000),
    skill: spec.skill,
    skillVersion: spec.skillVersion,
    parentId: spec.parentId ?? host.parent?.id,
    labels: spec.labels,
    limits: spec.limits,
    engine: 'sdk',
    worker: host.worker,
    leaseMs: host.leaseMs,
  })
  for (;;) {
    const version = host.parent?.version ?? 0
    try {
      const [row] = await host.database.query<{ run: Claim['run'] }>(
        'select start_run($1::jsonb) as run',
        [text],
        { signal: host.parent?.signal ?? host.workerSignal, first: true },
      )
      return row === undefined ? undefined : { run: row.run, memory: null, steps: [] }
    } catch (error) {
      if (hasCode(error, 'RUN_EXISTS')) return undefined
      // A child is not begun while its parent is held.
      if (!hasCode(error, 'RUN_HELD') || host.parent === undefined) throw error
      if (!mayGoOn(await host.parent.look())) await host.parent.untilMayGo(version)
    }
  }
}

/** A worker that died holds its runs until their leases run out. */
async function claimWhenFree(id: string, host: Host): Promise<Claim> {
  const signal = host.parent?.signal ?? host.workerSignal
  const until = Date.now() + host.leaseMs * 2
  for (;;) {
    try {
      const [row] = await host.database.query<{ claim: Claim }>(
        'select claim_run($1, $2, $3) as claim',
        [id, host.worker, host.leaseMs],
        { signal, first: true },
      )
      if (row !== undefined) return row.claim
    } catch (error) {
      const over = await completedChild(error, id, host)
      if (over !== undefined) return over
      if (!hasCode(error, 'RUN_EXISTS')) throw error
      if (Date.now() > until) {
        const message = error instanceof Error ? error.message : String(error)
        throw new RunBusyError(message, { cause: error })
      }
    }
    await pause(Math.min(1000, host.leaseMs / 10), signal)
  }
}

/** A parent that is claimed again meets the children that were done: they are not done again. */
async function completedChild(error: unknown, id: string, host: Host): Promise<Claim | undefined> {
  if (host.parent === undefined || !hasCode(error, 'RUN_ENDED')) return undefined
  const [row] = await host.database.query<{ epoch: number; steps: ClaimedStep[] }>(
    `select w.epoch, coalesce((select jsonb_agg(jsonb_build_object('name', s.name, 'occurrence', s.occurrence,
         'result', s.result)) from run_steps s where s.workflow_id = w.workflow_id and s.state = 'done'), '[]') as steps
     from workflow_checkpoints w where w.workflow_id = $1 and w.status = 'complete'`,
    [id],
    { signal: host.parent.signal },
  )
  return row && { run: { id, epoch: row.epoch }, memory: null, steps: row.steps, over: true }
}
