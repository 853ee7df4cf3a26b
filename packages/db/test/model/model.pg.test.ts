import { isDeepStrictEqual } from 'node:util'

import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'

import * as agents from '../support/agents.ts'
import { openContract } from '../support/contract.ts'
import { faultsOf } from '../support/history.ts'
import * as operators from '../support/operators.ts'
import { one, outcomeOf } from '../support/refusal.ts'
import { anyCommand, type Arena, type Command } from './commands.ts'
import { copy, heldBy, type Model, newModel } from './model.ts'

// Invariants 1, 2, 3 and 7: whatever agents, workers and operators do, in any order and at the same
// time, Postgres answers what the model answers, and the history it leaves is sound.
const db = await openContract()
/** More of them, by environment, for a night or a doubt. */
const numRuns = Number(process.env['HOLDPOINT_MODEL_RUNS'] ?? 40)

beforeAll(async () => {
  // Runs start while the agent is free; `isolate` then holds them without locking the pool out.
  await db.owner.query(`update agent_logins set isolated_at = now() where agent_id = 'alpha'`)
})

// The work is bounded by its runs; a slow machine only takes longer.
const patience = 60_000 + numRuns * 2_000

interface Seen {
  status: string
  heldBy: string[]
  resumeTo: string | null
  epoch: number
  open: number
  lease: string
  actions: string
}

const expectedOf = (model: Model): Seen => ({
  status: model.status,
  heldBy: heldBy(model),
  resumeTo: model.resumeTo,
  epoch: model.epoch,
  open: model.approvals.filter(({ state }) => state === 'open').length,
  lease: model.lease,
  actions: [...model.actions]
    .map(([key, { state }]) => `${key} ${state}`)
    .toSorted()
    .join(),
})

const seenOf = async (run: string): Promise<Seen> =>
  one<Seen>(
    db.owner,
    `select status, held_by as "heldBy", resume_to as "resumeTo", epoch,
            (select count(*)::int from approval_queue q where q.workflow_id = w.workflow_id
              and decision is null and closed_at is null) as open,
            coalesce((select case when lease_until > now() then 'alive' else 'over' end
              from run_leases l where l.workflow_id = w.workflow_id), 'none') as lease,
            coalesce((select string_agg(idempotency_key || ' ' || state, ',' order by idempotency_key)
              from actions a where a.workflow_id = w.workflow_id), '') as actions
       from workflow_checkpoints w where workflow_id = $1`,
    [run],
  )

type Start = 'sql running' | 'sql queued' | 'sdk running'

/** Gives the work a run of its own and its model; ends the run and reads its history afterwards. */
async function onRun(kind: Start, work: (arena: Arena, model: Model) => Promise<void>) {
  const { arena, model } = await start(kind)
  try {
    await work(arena, model)
  } finally {
    await outcomeOf(operators.kill(db.server, arena.run))
  }
  expect(await faultsOf(db.owner, arena.run)).toEqual([])
}

async function start(kind: Start): Promise<{ arena: Arena; model: Model }> {
  await db.owner.query(`update agent_logins set isolated_at = null where agent_id = 'alpha'`)
  const [engine, status] = kind.split(' ') as ['sql' | 'sdk', 'running' | 'queued']
  const run =
    engine === 'sdk'
      ? await agents.startRun(db.alpha)
      : await agents.startPlain(db.alpha, { status })
  await db.owner.query(`update agent_logins set isolated_at = now() where agent_id = 'alpha'`)
  return { arena: { db, run, approvals: [], actions: new Map() }, model: newModel(engine, status) }
}

const anyStart = fc.constantFrom<Start>('sql running', 'sql queued', 'sdk running', 'sdk running')

test(
  'one after the other, every command is answered as the model says',
  async () => {
    const sequence = fc.array(anyCommand, { minLength: 6, maxLength: 22 })
    const property = fc.asyncProperty(anyStart, sequence, async (kind, commands) =>
      onRun(kind, async (arena, model) => {
        const names: string[] = [kind]
        for (const command of commands) {
          names.push(command.name)
          const here = names.join(', ')
          const answer = await command.run(arena)
          expect({ here, answer }).toEqual({ here, answer: command.model(model) })
          expect({ here, ...(await seenOf(arena.run)) }).toEqual({ here, ...expectedOf(model) })
        }
      }),
    )
    await fc.assert(property, { numRuns })
  },
  patience,
)

/** A sweep passes over a run that someone else has locked, which is as if it had not been called. */
const skips = ({ name }: Command): boolean => name === 'sweep'

/** What two commands may answer and leave when they are started together: that of either order. */
function eitherOrder(model: Model, pair: readonly [Command, Command]) {
  const orders = [[0, 1] as const, [1, 0] as const]
  const partly = ([0, 1] as const).filter((n) => skips(pair[n])).map((n) => [1 - n] as const)
  return [...orders, ...partly].map((order) => {
    const after = copy(model)
    const told = ['accepted', 'accepted']
    for (const n of order) told[n] = pair[n === 0 ? 0 : 1].model(after)
    return { after, outcome: { told, ...expectedOf(after) } }
  })
}

const anyPair = fc
  .tuple(anyCommand, anyCommand)
  // Two transactions each: their halves have no serial order to compare with.
  .filter((pair) => !pair.every(({ name }) => ['isolate', 'release'].includes(name)))

test(
  'started together on two connections, two commands leave what one of the two orders leaves',
  async () => {
    const opening = fc.array(anyCommand, { maxLength: 10 })
    const pairs = fc.array(anyPair, { minLength: 1, maxLength: 4 })
    const property = fc.asyncProperty(anyStart, opening, pairs, async (kind, before, pairs) =>
      onRun(kind, async (arena, model) => {
        for (const command of before) {
          await command.run(arena)
          command.model(model)
        }
        const names = [kind, ...before.map(({ name }) => name)]
        for (const pair of pairs) {
          names.push(`(${pair[0].name} | ${pair[1].name})`)
          const told = await Promise.all(pair.map(async (command) => command.run(arena)))
          const outcome = { told, ...(await seenOf(arena.run)) }
          const orders = eitherOrder(model, pair)
          expect(
            orders.map(({ outcome }) => outcome),
            names.join(', '),
          ).toContainEqual(outcome)
          const taken = orders.find((order) => isDeepStrictEqual(order.outcome, outcome))
          Object.assign(model, taken?.after)
        }
      }),
    )
    await fc.assert(property, { numRuns })
  },
  patience,
)
