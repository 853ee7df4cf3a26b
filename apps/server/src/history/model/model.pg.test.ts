import { isDeepStrictEqual } from 'node:util'

import { isFinal, type Run } from '@holdpoint/protocol'
import * as fc from 'fast-check'
import { Client } from 'pg'
import { afterAll, expect, test } from 'vitest'

import { askServer } from '../../../test/ask.ts'
import { policyOf } from '../../../test/drifting.ts'
import { ending, starting, working, workingAlone } from './agents.fixture.ts'
import { look, type Seen } from './look.fixture.ts'
import { overlapping } from './overlap.fixture.ts'
import { deciding, leading } from './people.fixture.ts'
import { commands, type Step, story } from './story.fixture.ts'
import { type Command, took, type World } from './world.fixture.ts'

// For random histories of agents, people and the leading server, the past is what was seen when it was the present: the
// fleet, each run, what it waited for, its drift, and what changed between any two instants; however much of it had been
// counted meanwhile. Of transactions that were open at the same time, what who wrote saw counts, if it was committed.

const byDay = 8
/** Eight times as many each night, and as many as one says who has a doubt. */
const wanted = Number(process.env['HOLDPOINT_MODEL_RUNS'] ?? '')
const numRuns = wanted > 0 ? wanted : process.env['HOLDPOINT_NIGHTLY'] ? byDay * 8 : byDay
/** The past lists 500 runs that had ended: no database comes near that. */
const perDatabase = 12
const patience = 60_000 + perDatabase * 8_000

async function newWorld(): Promise<Omit<World, 'runs' | 'approvals' | 'actions'>> {
  const asked = await askServer()
  const { db } = asked
  // Kept open, so that locking the login out leaves it at hand; what it may not do is refused all the same.
  const delta = new Client({ connectionString: await db.addAgent('delta') })
  await delta.connect()
  afterAll(async () => delta.end())
  await policyOf(db.server, 'alpha', { loopAt: 1 })
  await policyOf(db.server, 'beta', { loopAt: 1 }, false)
  const often = { name: 'often', tool: null, agentId: 'gamma', checkInSteps: 2 }
  await db.server.query(`select save_policy(null, 'operator:root', $1, 'often')`, [often])
  return { asked, agent: db.trial, person: db.server, delta }
}

const worlds: Awaited<ReturnType<typeof newWorld>>[] = []
for (let left = numRuns; left > 0; left -= perDatabase) worlds.push(await newWorld())

const together = 'two transactions at the same time'
const byName = new Map<string, { accepted: number; refused: number }>()
function count(name: string, accepted: boolean): void {
  const counts = byName.get(name) ?? { accepted: 0, refused: 0 }
  counts[accepted ? 'accepted' : 'refused'] += 1
  byName.set(name, counts)
}

// What is refused is no history; so is what waited for a lock, or was not let in.
const refused = /^(HP\d{3}|22P02|23\d{3}|55P03|40P01|28000)$/

/** @returns whether it was done */
async function tell(command: Command, world: World, nth: number): Promise<boolean> {
  try {
    await command.run(world, nth)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && refused.test(String(error.code))) return false
    throw error
  }
}

async function take(world: World, step: Step, before: Seen): Promise<readonly Seen[]> {
  if ('first' in step) {
    const { seen, both } = await overlapping(world, step, tell)
    count(together, both)
    return seen
  }
  const { command, nth, counted } = step
  const done = await tell(command, world, nth)
  if (counted > 0) await world.asked.db.server.query('select count_history($1)', [counted])
  const after = await look(world)
  count(command.name, done && took(command, before.runs, after.runs))
  return [after]
}

const counts = (runs: Iterable<Run>): Record<string, number> => {
  const all: Record<string, number> = {}
  for (const { status } of runs) all[status] = (all[status] ?? 0) + 1
  return all
}

const runsOf = (seen: Seen): Map<string, Run> =>
  new Map([...seen.runs].map(([id, { run }]) => [id, run]))

async function expectPast({ asked }: World, seen: Seen): Promise<void> {
  const fleet = await asked.operator.history.fleetAt({ at: seen.at })
  expect(fleet.at).toBe(seen.at)
  expect(new Map(fleet.runs.map((run) => [run.id, run]))).toEqual(runsOf(seen))
  expect(fleet.counts).toEqual(counts(runsOf(seen).values()))
  expect(fleet.approvalsWaiting).toBe(
    [...seen.runs.values()].reduce((sum, { approvals }) => sum + approvals.length, 0),
  )
  const ended = fleet.runs.map(({ status }) => isFinal(status))
  expect(ended).toEqual(ended.toSorted((a, b) => Number(a) - Number(b)))
  const ids = [...seen.runs.keys()].slice(-200)
  const lines = ids.length === 0 ? {} : await asked.operator.detections.recent({ ids, at: seen.at })
  expect(lines).toEqual(seen.lines)
}

/** Of an instant as the database writes it. */
function microsecondBefore(at: string): string {
  const micros =
    BigInt(Date.parse(at)) * 1000n +
    BigInt(/\.\d{3}(\d{1,3})/.exec(at)?.[1]?.padEnd(3, '0') ?? 0) -
    1n
  const [whole] = new Date(Number(micros / 1000n)).toISOString().split('Z')
  return `${whole}${String(micros % 1000n).padStart(3, '0')}Z`
}

async function expectRun({ asked }: World, seen: Seen, id: string): Promise<void> {
  const past = await asked.operator.history.runAt({ id, at: seen.at })
  expect(past?.run ?? null).toEqual(seen.runs.get(id)?.run ?? null)
  expect(past?.openApprovals.map(({ approvalId }) => approvalId).toSorted() ?? []).toEqual(
    seen.runs.get(id)?.approvals ?? [],
  )
  const now = seen.runs.get(id)?.run
  if (now !== undefined) {
    // So it is from the very microsecond of its last event on, and not before.
    const { at } = now.lastEvent
    expect((await asked.operator.history.runAt({ id, at }))?.run).toEqual(now)
    const before = await asked.operator.history.runAt({ id, at: microsecondBefore(at) })
    expect(before?.seq ?? 0).toBeLessThan(now.seq)
  }
  const points = await asked.operator.detections.points({ runId: id, at: seen.at, limit: 1_000 })
  expect(points).toHaveLength(seen.scores.get(id) ?? 0)
}

/** A state without what every event changes. */
const still = ({ seq: _seq, lastEvent: _last, ...state }: Run): unknown => state

const sorted = (changes: readonly { after: Run }[]) =>
  changes.toSorted((a, b) => (a.after.id < b.after.id ? -1 : 1))

async function expectChange({ asked }: World, from: Seen, to: Seen): Promise<void> {
  const expected = [...runsOf(to).values()].flatMap((after) => {
    const before = from.runs.get(after.id)?.run ?? null
    return before !== null && isDeepStrictEqual(still(before), still(after))
      ? []
      : [{ before, after }]
  })
  const window = { from: from.at, to: to.at }
  const { rows, total, truncated } = await asked.operator.history.changed(window)
  expect(sorted(rows)).toEqual(sorted(expected))
  expect({ total, truncated }).toEqual({ total: expected.length, truncated: false })
}

async function expectAll(world: World, seen: readonly Seen[], seed: number): Promise<void> {
  for (const moment of seen) await expectPast(world, moment)
  // That a run stays as it was is seen in the fleet; alone it is asked for where it, or its scores, went on.
  for (const id of world.runs) {
    let known = ''
    for (const moment of seen) {
      const now = `${moment.runs.get(id)?.run.seq} ${moment.scores.get(id)}`
      if (now !== known) await expectRun(world, moment, id)
      known = now
    }
  }
  for (let n = 0; n < seen.length; n++) {
    const [from, to] = [seen[n], seen[n + 1 + ((seed + n) % seen.length)]]
    if (from !== undefined && to !== undefined) await expectChange(world, from, to)
  }
}

const anyOf = (commands: readonly Command[]) => fc.constantFrom(...commands)
const anyCommand = fc.oneof(
  { weight: 3, arbitrary: anyOf(starting) },
  { weight: 10, arbitrary: anyOf(working) },
  { weight: 3, arbitrary: anyOf(workingAlone) },
  { weight: 6, arbitrary: anyOf(deciding) },
  { weight: 4, arbitrary: anyOf(leading) },
  { weight: 1, arbitrary: anyOf(ending) },
)
const anyAlone: fc.Arbitrary<Step> = fc.record({
  command: anyCommand,
  nth: fc.nat(10),
  counted: fc.constantFrom(0, 0, 0, 1, 3, 20_000),
})
const anyOfOneRun = fc.oneof(
  { weight: 1, arbitrary: anyOf(starting.slice(0, 4)) },
  { weight: 6, arbitrary: anyOf(working) },
  { weight: 2, arbitrary: anyOf(deciding) },
  { weight: 1, arbitrary: anyOf(ending) },
)
const anySide = fc.array(fc.tuple(anyOfOneRun, fc.nat(10)), { minLength: 1, maxLength: 4 })
const anyOverlap: fc.Arbitrary<Step> = fc.record({
  first: anySide,
  second: anySide,
  crossed: fc.boolean(),
  undone: fc.constantFrom(false, false, true),
})
const anyStep = fc.oneof({ weight: 9, arbitrary: anyAlone }, { weight: 1, arbitrary: anyOverlap })

test.each(worlds)(
  'the past is what was seen when it was the present, and stays it',
  async (given) => {
    const steps = fc.array(anyStep, { minLength: 8, maxLength: 40 })
    const property = fc.asyncProperty(steps, fc.nat(), async (history, seed) => {
      const world: World = { ...given, runs: [], approvals: [], actions: [] }
      await tell(starting[(seed % 2) * 2] as Command, world, seed)
      const seen = [await look(world)]
      for (const step of history) seen.push(...(await take(world, step, seen.at(-1) as Seen)))
      await expectAll(world, seen, seed)
    })
    await fc.assert(property, {
      numRuns: Math.min(numRuns, perDatabase),
      examples: [[[...story], 0]],
    })
  },
  patience,
)

test('every command was done at least once', () => {
  const never = [...commands.map(({ name }) => name), together].filter(
    (name) => (byName.get(name)?.accepted ?? 0) === 0,
  )
  const counted = [...byName].map(
    ([name, { accepted, refused }]) => `${name}: ${accepted} done, ${refused} not`,
  )
  expect(never, counted.join('\n')).toEqual([])
})
