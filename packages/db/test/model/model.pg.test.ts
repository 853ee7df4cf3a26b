import { isDeepStrictEqual } from 'node:util'

import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'

import * as agents from '../support/agents.ts'
import { openContract } from '../support/contract.ts'
import { faultsOf } from '../support/history.ts'
import * as operators from '../support/operators.ts'
import { one, outcomeOf } from '../support/refusal.ts'
import type { Arena, Command } from './command.ts'
import { anyCommand } from './commands.ts'
import { patienceFor, timesByDay } from './how-many.ts'
import { copy, heldBy, type Model, newModel } from './model.ts'

// Invariants 1, 2, 3, 7, 9 and 10: whatever agents, workers and operators do, in any order and at the same
// time, Postgres answers what the model answers, and the history it leaves is sound.
const db = await openContract()
const numRuns = timesByDay(20)

beforeAll(async () => {
  // Runs start while the agent is free; `isolate` then holds them without locking the pool out.
  await db.owner.query(`update agent_logins set isolated_at = now() where agent_id = 'alpha'`)
})

const patience = patienceFor(numRuns)

interface Seen {
  status: string
  heldBy: string[]
  resumeTo: string | null
  epoch: number
  open: number
  engine: string
  worker: boolean
  lease: string
  used: string
  limits: string
  actions: string
}

const expectedOf = (model: Model): Seen => ({
  status: model.status,
  heldBy: heldBy(model),
  resumeTo: model.resumeTo,
  epoch: model.epoch,
  open: model.approvals.filter(({ state }) => state === 'open').length,
  engine: model.engine,
  worker: model.worker,
  lease: model.lease,
  used: `${model.used.tokens} ${model.used.steps}`,
  limits: `${model.limits.tokens ?? 'none'} ${model.limits.steps ?? 'none'}`,
  actions: [...model.actions]
    .map(([key, { state, attempt, settled }]) => `${key} ${state} ${attempt} ${settled}`)
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
            engine, worker is not null as worker, (tokens_in + tokens_out) || ' ' || steps as used,
            coalesce(limit_tokens::text, 'none') || ' ' || coalesce(limit_steps::text, 'none') as limits,
            coalesce((select string_agg(concat_ws(' ', idempotency_key, state, attempt,
                case when settled_by is null then 'false' else 'true' end), ',' order by idempotency_key)
              from actions a where a.workflow_id = w.workflow_id), '') as actions
       from workflow_checkpoints w where workflow_id = $1`,
    [run],
  )

interface Start {
  engine: 'sql' | 'sdk'
  status: 'running' | 'queued'
  limits: Model['limits']
}
const nameOf = ({ engine, status, limits: { tokens, steps } }: Start): string =>
  `${engine} ${status}, at most ${tokens ?? 'any'} tokens and ${steps ?? 'any'} steps`

/** Gives the work a run of its own and its model; ends the run and reads its history afterwards. */
async function onRun(from: Start, work: (arena: Arena, model: Model) => Promise<void>) {
  const { arena, model } = await start(from)
  try {
    await work(arena, model)
  } finally {
    await outcomeOf(operators.kill(db.server, arena.run))
  }
  expect(await faultsOf(db.owner, arena.run)).toEqual([])
}

async function start({ engine, status, limits }: Start): Promise<{ arena: Arena; model: Model }> {
  await db.owner.query(`update agent_logins set isolated_at = null where agent_id = 'alpha'`)
  const begin = { sql: agents.startPlain, sdk: agents.enqueueRun }[engine]
  const run =
    engine === 'sdk' && status === 'running'
      ? await agents.startRun(db.alpha, { limits })
      : await begin(db.alpha, { status, limits })
  await db.owner.query(`update agent_logins set isolated_at = now() where agent_id = 'alpha'`)
  return {
    arena: { db, run, approvals: [], actions: new Map() },
    model: newModel(engine, status, limits),
  }
}

const anyStart: fc.Arbitrary<Start> = fc.record({
  engine: fc.constantFrom('sql', 'sdk', 'sdk'),
  status: fc.constantFrom('running', 'running', 'queued'),
  limits: fc.record({
    tokens: fc.constantFrom(null, null, 0, 2),
    steps: fc.constantFrom(null, null, 3),
  }),
})

test(
  'one after the other, every command is answered as the model says',
  async () => {
    const sequence = fc.array(anyCommand, { minLength: 6, maxLength: 22 })
    const property = fc.asyncProperty(anyStart, sequence, async (from, commands) =>
      onRun(from, async (arena, model) => {
        const names = [nameOf(from)]
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

/** What these are told when someone else has the run locked: they pass over it, as if they had not been called. */
const skipping: Partial<Record<string, string>> = { sweep: 'accepted', 'claim next': 'nothing' }

/** What two commands may answer and leave when they are started together: that of either order. */
function eitherOrder(model: Model, pair: readonly [Command, Command]) {
  const orders = [[0, 1] as const, [1, 0] as const]
  const partly = ([0, 1] as const)
    .filter((n) => pair[n].name in skipping)
    .map((n) => [1 - n] as const)
  return [...orders, ...partly].map((order) => {
    const after = copy(model)
    const told = pair.map(({ name }) => skipping[name] ?? 'accepted')
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
    const property = fc.asyncProperty(anyStart, opening, pairs, async (from, before, pairs) =>
      onRun(from, async (arena, model) => {
        for (const command of before) {
          await command.run(arena)
          command.model(model)
        }
        const names = [nameOf(from), ...before.map(({ name }) => name)]
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
