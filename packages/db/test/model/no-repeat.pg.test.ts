import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import * as agents from '../support/agents.ts'
import { openContract } from '../support/contract.ts'
import { faultsOf } from '../support/history.ts'
import * as operators from '../support/operators.ts'
import { outcomeOf } from '../support/refusal.ts'
import { patienceFor, timesByDay } from './how-many.ts'
import { type Act, anyAct, type Scene } from './workers.ts'

// Invariants 1, 9 and 10, whatever the order of claims, holds, resumes and crashes: what is known to have
// happened is never allowed again, at most one worker is let through, and nothing passes while the run is held.
const db = await openContract()
const numRuns = timesByDay(12)
const patience = patienceFor(numRuns)

async function open(): Promise<Scene> {
  const run = await agents.enqueueRun(db.alpha)
  return {
    db,
    run,
    workers: ['ada', 'ben', 'cy'].map((name) => ({ name, epoch: 0 })),
    allowed: [],
    happened: new Set(),
    claimed: [],
    actions: new Map(),
  }
}

const script = (acts: Act[]): string => acts.map(({ name }) => name).join('; ')

/** Whose next action would begin now, by asking; the run is not used afterwards. */
async function letThrough({ run, workers }: Scene): Promise<string[]> {
  const through: string[] = []
  for (const { name, epoch } of workers) {
    const { decision } = await agents.beginAction(db.alpha, run, epoch, { key: `from ${name}` })
    if (decision === 'allow') through.push(name)
  }
  return through
}

async function endScene(scene: Scene, acts: Act[]): Promise<void> {
  const { run, claimed } = scene
  const { heldBy, status, worker } = await operators.runOf(db.admin, run)
  const through = await letThrough(scene)
  expect(through.length, script(acts)).toBeLessThanOrEqual(1)
  if (heldBy.length > 0 || status === 'killed') expect(through, script(acts)).toEqual([])
  for (const name of through) expect(name, script(acts)).toBe(worker)
  // An epoch is given once.
  const epochs = claimed.map(({ epoch }) => epoch)
  expect(new Set(epochs).size, script(acts)).toBe(epochs.length)
  await outcomeOf(operators.kill(db.server, run))
  expect(await faultsOf(db.owner, run), script(acts)).toEqual([])
}

test(
  'one after the other',
  async () => {
    const property = fc.asyncProperty(
      fc.array(anyAct, { minLength: 10, maxLength: 40, size: 'max' }),
      async (acts) => {
        const scene = await open()
        const done: Act[] = []
        for (const act of acts) {
          done.push(act)
          const before = await operators.runOf(db.admin, scene.run)
          const known = new Set(scene.happened)
          const from = scene.allowed.length
          await act.run(scene)
          for (const { what, worker, epoch } of scene.allowed.slice(from)) {
            const here = `${what} allowed to ${worker.name} after ${script(done)}`
            expect(known.has(what), here).toBe(false)
            expect([before.heldBy, before.status === 'paused'], here).toEqual([[], false])
            expect([before.worker, before.epoch], here).toEqual([worker.name, epoch])
          }
        }
        await endScene(scene, acts)
      },
    )
    await fc.assert(property, { numRuns })
  },
  patience,
)

test(
  'all at the same time, each on a connection of its own',
  async () => {
    const acts = fc.array(anyAct, { minLength: 4, maxLength: 14, size: 'max' })
    const property = fc.asyncProperty(fc.tuple(acts, acts, acts, acts), async (scripts) => {
      const scene = await open()
      await Promise.all(
        scripts.map(async (each) => {
          for (const act of each) await act.run(scene)
        }),
      )
      await endScene(scene, scripts.flat())
    })
    await fc.assert(property, { numRuns })
  },
  patience,
)
