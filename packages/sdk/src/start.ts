import { type Claim, type ClaimedStep, claimWhenFree, untilOthersAreHeard } from './claim.ts'
import { hasCode } from './database-errors.ts'
import { stableId } from './keys.ts'
import { LeasedRun, type LeaseHost } from './leased-run.ts'
import { payload } from './payload.ts'
import { mayGoOn } from './run-view.ts'
import { type CarryOptions, canOf, type RunSpec, specJson } from './spec.ts'

export interface Host extends LeaseHost {
  readonly parent: LeasedRun | undefined
}

type Spec = RunSpec<object> & CarryOptions

/**
 * Starts the run, or claims it where it exists already.
 * @throws RunBusyError, RunEndedError, WrongVersionError, HoldpointError
 */
export async function openLeasedRun(spec: Spec, host: Host): Promise<LeasedRun> {
  const { parent } = host
  const agent = spec.agent ?? parent?.agent
  if (agent === undefined || agent === '') throw new TypeError('A run needs the name of its agent.')
  const named = spec.runId ?? (parent === undefined ? undefined : childId(parent, spec))
  const id = named ?? crypto.randomUUID()
  const started = await start(id, agent, spec, host)
  const claim = started ?? (await claimAgain(id, spec, host))
  return new LeasedRun(host, {
    id,
    agent,
    epoch: claim.run.epoch,
    memory: claim.memory ?? structuredClone(spec.memory ?? {}),
    steps: claim.steps,
    over: claim.over === true,
    can: canOf(spec),
    // A child is claimed again only by its parent, which is why it waits for as long as that.
    onHold: parent === undefined ? (spec.onHold ?? 'wait') : 'wait',
    parent,
  })
}

/** A child has the same id each time its parent comes to it. */
export function childId(parent: LeasedRun, spec: RunSpec<object>): string {
  parent.children += 1
  return stableId('child', parent.id, spec.childKey ?? parent.children)
}

type Opening = Pick<Claim, 'memory' | 'steps' | 'over'> & {
  readonly run: { readonly epoch: number }
}

/** @returns undefined when a run of that id exists */
async function start(
  id: string,
  agent: string,
  spec: Spec,
  host: Host,
): Promise<Opening | undefined> {
  const memory = spec.memory === undefined ? undefined : payload(spec.memory, 'memory', host.redact)
  const text = JSON.stringify({
    ...specJson(spec, { id, agent, parentId: host.parent?.id }),
    memory,
    worker: host.worker,
    leaseMs: host.leaseMs,
  })
  for (;;) {
    const version = host.parent?.version ?? 0
    const signal = host.parent?.signal ?? host.workerSignal
    const began = performance.now()
    try {
      const [row] = await host.database.query<{ run: Opening['run'] }>(
        'select start_run($1::jsonb) as run',
        [text],
        { signal, first: true },
      )
      return row === undefined ? undefined : { run: row.run, memory: null, steps: [] }
    } catch (error) {
      if (hasCode(error, 'RUN_EXISTS')) {
        await untilOthersAreHeard(host, began, signal)
        return undefined
      }
      // A child is not begun while its parent is held.
      if (!hasCode(error, 'RUN_HELD') || host.parent === undefined) throw error
      if (!mayGoOn(await host.parent.look())) await host.parent.untilMayGo(version)
    }
  }
}

async function claimAgain(id: string, spec: Spec, host: Host): Promise<Opening> {
  try {
    return await claimWhenFree(host, id, canOf(spec), host.parent?.signal ?? host.workerSignal)
  } catch (error) {
    const over = await completedChild(error, id, host)
    if (over === undefined) throw error
    return over
  }
}

/** A parent that is claimed again meets the children that were done: they are not done again. */
async function completedChild(
  error: unknown,
  id: string,
  host: Host,
): Promise<Opening | undefined> {
  if (host.parent === undefined || !hasCode(error, 'RUN_ENDED')) return undefined
  const { signal } = host.parent
  const [row] = await host.database.query<{ epoch: number }>(
    `select epoch from workflow_checkpoints where workflow_id = $1 and status = 'complete'`,
    [id],
    { signal },
  )
  if (row === undefined) return undefined
  // A row each: one value holds no more than 256 MB, however many steps there are.
  const steps = await host.database.query<ClaimedStep>(
    `select name, occurrence, result from run_steps where workflow_id = $1 and state = 'done'`,
    [id],
    { signal },
  )
  return { run: { epoch: row.epoch }, memory: null, steps, over: true }
}
