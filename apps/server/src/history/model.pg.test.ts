import { isDeepStrictEqual } from 'node:util'

import { isFinal, type Run } from '@holdpoint/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { askServer } from '../../test/ask.ts'
import {
  type Command,
  deciding,
  ending,
  starting,
  type World,
  working,
} from './commands.fixture.ts'

// For random histories of agents and people, the past is what was seen when it was the present: the fleet, each run, what
// it waited for, and what changed between any two instants; however much of it had been counted meanwhile.
const { db, operator } = await askServer()
/** More of them, by environment, for a night or a doubt. */
const numRuns = Number(process.env['HOLDPOINT_MODEL_RUNS'] ?? 12)
const patience = 60_000 + numRuns * 5_000

/** What was to be seen at an instant. */
interface Seen {
  at: string
  runs: Map<string, Run>
  approvals: Map<string, string[]>
}

async function look(): Promise<Seen> {
  const { rows } = await db.server.query<{ at: string; run: Run; approvals: string[] }>(
    `select to_json(clock_timestamp()) #>> '{}' as at, run_state(w) as run,
       array(select q.approval_id::text from approval_queue q where q.workflow_id = w.workflow_id
         and q.decision is null and q.closed_at is null order by 1) as approvals
     from (select) one left join workflow_checkpoints w on true`,
  )
  const runs = rows.filter(({ run }) => run.id !== null)
  return {
    // Read at the end of it: nothing runs meanwhile.
    at: rows.at(-1)?.at ?? '',
    runs: new Map(runs.map(({ run }) => [run.id, run])),
    approvals: new Map(runs.map(({ run, approvals }) => [run.id, approvals])),
  }
}

const refused = /^(HP\d{3}|22P02|23\d{3})$/

async function tell(command: Command, world: World, nth: number): Promise<void> {
  try {
    await command.run(world, nth)
  } catch (error) {
    // What is refused is no history.
    if (!(error instanceof Error && 'code' in error && refused.test(String(error.code))))
      throw error
  }
}

const counts = (runs: Iterable<Run>): Record<string, number> => {
  const all: Record<string, number> = {}
  for (const { status } of runs) all[status] = (all[status] ?? 0) + 1
  return all
}

const byId = (runs: readonly Run[]): Map<string, Run> => new Map(runs.map((run) => [run.id, run]))

async function expectPast(seen: Seen): Promise<void> {
  const fleet = await operator.history.fleetAt({ at: seen.at })
  expect(fleet.at).toBe(seen.at)
  expect(byId(fleet.runs)).toEqual(seen.runs)
  expect(fleet.counts).toEqual(counts(seen.runs.values()))
  expect(fleet.approvalsWaiting).toBe([...seen.approvals.values()].flat().length)
  const ended = fleet.runs.map(({ status }) => isFinal(status))
  expect(ended).toEqual(ended.toSorted((a, b) => Number(a) - Number(b)))
}

async function expectRun(seen: Seen, id: string): Promise<void> {
  const past = await operator.history.runAt({ id, at: seen.at })
  expect(past?.run ?? null).toEqual(seen.runs.get(id) ?? null)
  expect(past?.openApprovals.map(({ approvalId }) => approvalId).toSorted() ?? []).toEqual(
    seen.approvals.get(id) ?? [],
  )
}

/** A state without what every event changes. */
const still = ({ seq: _seq, lastEvent: _last, ...state }: Run): unknown => state

const sorted = (changes: readonly { after: Run }[]) =>
  changes.toSorted((a, b) => (a.after.id < b.after.id ? -1 : 1))

async function expectChange(from: Seen, to: Seen): Promise<void> {
  const expected = [...to.runs.values()].flatMap((after) => {
    const before = from.runs.get(after.id) ?? null
    return before !== null && isDeepStrictEqual(still(before), still(after))
      ? []
      : [{ before, after }]
  })
  const { rows, total, truncated } = await operator.history.changed({ from: from.at, to: to.at })
  expect(sorted(rows)).toEqual(sorted(expected))
  expect({ total, truncated }).toEqual({ total: expected.length, truncated: false })
}

const anyOf = (commands: readonly Command[]) => fc.constantFrom(...commands)
const anyCommand = fc.oneof(
  { weight: 3, arbitrary: anyOf(starting) },
  { weight: 12, arbitrary: anyOf(working) },
  { weight: 7, arbitrary: anyOf(deciding) },
  { weight: 2, arbitrary: anyOf(ending) },
)
const anyStep = fc.tuple(anyCommand, fc.nat(10), fc.constantFrom(0, 0, 0, 1, 3, 20_000))

test(
  'the past is what was seen when it was the present, and stays it',
  async () => {
    const steps = fc.array(anyStep, { minLength: 8, maxLength: 40 })
    const property = fc.asyncProperty(steps, fc.nat(), async (history, seed) => {
      const world: World = { db, runs: [], approvals: [], actions: [] }
      await tell(starting[seed % 2] ?? (starting[0] as Command), world, seed)
      const seen = [await look()]
      for (const [command, nth, counted] of history) {
        await tell(command, world, nth)
        if (counted > 0) await db.server.query('select count_history($1)', [counted])
        seen.push(await look())
      }
      for (const moment of seen) await expectPast(moment)
      for (const run of world.runs) {
        for (const moment of seen) await expectRun(moment, run)
      }
      for (let n = 0; n < seen.length; n++) {
        const [from, to] = [seen[n], seen[n + 1 + ((seed + n) % seen.length)]]
        if (from !== undefined && to !== undefined) await expectChange(from, to)
      }
    })
    await fc.assert(property, { numRuns })
  },
  patience,
)
