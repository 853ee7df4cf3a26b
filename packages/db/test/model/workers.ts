import type { Run } from '@holdpoint/protocol'
import * as fc from 'fast-check'

import * as agents from '../support/agents.ts'
import type { Contract } from '../support/contract.ts'
import * as operators from '../support/operators.ts'
import { outcomeOf } from '../support/refusal.ts'

// Several workers that want the same run, people who stop it and let it go on, and crashes. Each worker goes by
// the epoch that it was given last, whatever became of it since.

interface Worker {
  readonly name: string
  epoch: number
}

export interface Scene {
  readonly db: Contract
  readonly run: string
  readonly workers: readonly Worker[]
  /** What the gate allowed, to whom. */
  readonly allowed: { what: string; worker: Worker; epoch: number }[]
  /** What is known to have happened: actions that were confirmed, or that a person says landed; steps that are done. */
  readonly happened: Set<string>
  /** Which epochs were given to whom. */
  readonly claimed: { epoch: number; worker: Worker }[]
  readonly actions: Map<string, string>
}

export interface Act {
  readonly name: string
  readonly run: (scene: Scene) => Promise<unknown>
}

const take = (scene: Scene, worker: Worker, run: Run | undefined): void => {
  if (run === undefined) return
  worker.epoch = run.epoch
  scene.claimed.push({ epoch: run.epoch, worker })
}

/** Who is meant: one of the workers, or whoever was given the run last. */
function workerOf({ workers, claimed }: Scene, who: number | 'its worker'): Worker {
  const worker = who === 'its worker' ? (claimed.at(-1)?.worker ?? workers[0]) : workers[who]
  if (worker === undefined) throw new Error('There is no such worker.')
  return worker
}

type Doing = (scene: Scene, worker: Worker, what: string) => Promise<unknown>

const doings: Record<string, Doing> = {
  'claims next': async (scene, worker) =>
    agents.claimNext(scene.db.alpha, worker.name).then((claim) => take(scene, worker, claim?.run)),
  'claims it': async (scene, worker) =>
    outcomeOf(
      agents
        .claimRun(scene.db.alpha, scene.run, worker.name)
        .then((claim) => take(scene, worker, claim.run)),
    ),
  'begins action': async (scene, worker, what) => {
    const { epoch } = worker
    const call = async () => {
      const answer = await agents.beginAction(scene.db.alpha, scene.run, epoch, { key: what })
      if (answer.actionId !== undefined) scene.actions.set(what, answer.actionId)
      if (answer.decision === 'allow') scene.allowed.push({ what: `action ${what}`, worker, epoch })
    }
    return outcomeOf(call())
  },
  'confirms action': async (scene, worker, what) => reports(scene, worker, what, 'confirmed'),
  'does not know of action': async (scene, worker, what) => reports(scene, worker, what, 'unknown'),
  'begins step': async (scene, worker, what) => {
    const { epoch } = worker
    const { decision } = await agents.beginStep(scene.db.alpha, scene.run, epoch, what)
    if (decision === 'allow') scene.allowed.push({ what: `step ${what}`, worker, epoch })
  },
  'ends step': async (scene, worker, what) =>
    outcomeOf(
      agents
        .endStep(scene.db.alpha, scene.run, worker.epoch, what, { result: worker.name })
        .then(() => scene.happened.add(`step ${what}`)),
    ),
  'lets go': async (scene, worker) =>
    outcomeOf(agents.letGo(scene.db.alpha, scene.run, worker.epoch)),
  'is heard of': async ({ db, run }, worker) =>
    db.alpha.query('select heartbeat($1, array[$2::uuid], 3600000)', [worker.name, run]),
}

async function reports(scene: Scene, worker: Worker, what: string, state: string) {
  const action = scene.actions.get(what)
  if (action === undefined) return
  const report = async () => {
    const told = await agents.endAction(scene.db.alpha, scene.run, action, { state }, worker.epoch)
    if (told.accepted && state === 'confirmed') scene.happened.add(`action ${what}`)
  }
  await outcomeOf(report())
}

const endLease = async ({ db, run }: Scene) =>
  db.owner.query(`update run_leases set lease_until = '2001-01-01' where workflow_id = $1`, [run])

const settles = (what: string, landed: boolean): Act => ({
  name: `a person says that ${what} ${landed ? 'landed' : 'did not land'}`,
  run: async (scene) => {
    const action = scene.actions.get(what)
    if (action === undefined) return
    const say = async () => {
      await operators.settle(scene.db.server, action, landed)
      if (landed) scene.happened.add(`action ${what}`)
    }
    await outcomeOf(say())
  },
})

const resume: Act = {
  name: 'resume',
  run: async ({ db, run }) => outcomeOf(operators.resume(db.server, run)),
}
const people: Act[] = [
  { name: 'pause', run: async ({ db, run }) => outcomeOf(operators.pause(db.server, run)) },
  // More often than they stop it, or most runs would stand still.
  resume,
  resume,
  resume,
  ...['a', 'b'].flatMap((what) => [settles(what, true), settles(what, false)]),
]

const crashes: Act[] = [
  { name: 'its worker falls silent', run: endLease },
  {
    name: 'its worker is lost',
    run: async (scene) => {
      await endLease(scene)
      await scene.db.server.query('select sweep_lost_runs()')
    },
  },
]

const kill: Act = {
  name: 'kill',
  run: async ({ db, run }) => outcomeOf(operators.kill(db.server, run)),
}

/** Acts of a worker about one of two actions or steps: few, so that they meet. */
const does = (who: fc.Arbitrary<number | 'its worker'>, ...names: string[]): fc.Arbitrary<Act> =>
  fc.tuple(who, fc.constantFrom(...names), fc.constantFrom('a', 'b')).map(([each, name, what]) => ({
    name: `${each === 'its worker' ? each : `worker ${each}`} ${name} ${what}`,
    run: async (scene) => doings[name]?.(scene, workerOf(scene, each), what),
  }))

const anyone = fc.nat({ max: 2 })
const itsWorker = fc.constant('its worker' as const)

export const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 40, arbitrary: does(itsWorker, 'begins action', 'confirms action') },
  { weight: 4, arbitrary: does(itsWorker, 'does not know of action') },
  { weight: 15, arbitrary: does(itsWorker, 'begins step', 'ends step') },
  { weight: 30, arbitrary: does(anyone, 'claims next', 'claims it') },
  { weight: 15, arbitrary: does(anyone, ...Object.keys(doings)) },
  { weight: 24, arbitrary: fc.constantFrom(...people) },
  { weight: 14, arbitrary: fc.constantFrom(...crashes) },
  { weight: 1, arbitrary: fc.constant(kill) },
)
