import { Client, type QueryResult, type QueryResultRow } from 'pg'

import { look, type Seen, together, viewOf } from './look.fixture.ts'
import type { Command, Session, View, World } from './world.fixture.ts'

/** Two transactions that are open at the same time, each with runs of its own. */
export interface Overlap {
  readonly first: readonly [Command, number][]
  readonly second: readonly [Command, number][]
  /** The one that began later ends earlier. */
  readonly crossed: boolean
  /** The first ends without a trace. */
  readonly undone: boolean
}

/** Says one thing after the other in one transaction, each under the login of whoever says it. */
class Transaction {
  readonly client: Client
  readonly #world: World
  readonly mine: World

  constructor(world: World, side: 0 | 1) {
    this.#world = world
    this.client = new Client({ connectionString: world.asked.db.superUrl })
    const own = <T>(all: readonly T[]): T[] => all.filter((_, nth) => nth % 2 === side)
    const runs = own(world.runs)
    const ofMine = <T extends { run: string }>(all: readonly T[]): T[] =>
      all.filter(({ run }) => runs.includes(run))
    const { trialUrl, serverUrl } = world.asked.db
    this.mine = {
      ...world,
      agent: this.#as(trialUrl),
      person: this.#as(serverUrl),
      runs,
      approvals: ofMine(world.approvals),
      actions: ofMine(world.actions),
    }
  }

  async begin(): Promise<void> {
    await this.client.connect()
    await this.client.query(`begin; set local lock_timeout = '50ms'`)
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    await this.client.query(how)
    await this.client.end()
    for (const part of ['runs', 'approvals', 'actions'] as const) {
      const all: unknown[] = this.#world[part]
      all.push(...this.mine[part].filter((each) => !all.includes(each)))
    }
  }

  #as(url: string): Session {
    const login = decodeURIComponent(new URL(url).username)
    return {
      query: async <Row extends QueryResultRow>(
        text: string,
        params?: unknown[],
      ): Promise<QueryResult<Row>> => {
        // What is refused takes nothing else with it.
        await this.client.query('savepoint here')
        try {
          await this.client.query(`set local session authorization "${login}"`)
          const result = await this.client.query<Row>(text, params)
          await this.client.query('reset session authorization')
          return result
        } catch (error) {
          await this.client.query('rollback to savepoint here')
          throw error
        }
      },
    }
  }
}

interface Told {
  readonly seen: readonly Seen[]
  /** Both had written something before either had ended. */
  readonly both: boolean
}

/** An instant while transactions are open: what is to be seen from outside, and what each of them sees. */
interface Between extends Seen {
  readonly inside: readonly { readonly side: Side; readonly runs: View }[]
}

type Side = 0 | 1
type Tell = (command: Command, world: World, nth: number) => Promise<unknown>

/**
 * Runs two transactions at the same time. What a run was at an instant in between is what who wrote it saw, if that was
 * committed at last; so it is what the history must say of that instant, once both have ended.
 */
export async function overlapping(world: World, overlap: Overlap, tell: Tell): Promise<Told> {
  const sides = [new Transaction(world, 0), new Transaction(world, 1)] as const
  for (const side of sides) await side.begin()
  const before = await look(world)
  const moments: Between[] = []
  const note = async (open: readonly Side[]): Promise<void> => {
    const outside = await look(world)
    const inside = []
    for (const side of open) inside.push({ side, ...(await viewOf(sides[side].client)) })
    moments.push({ ...outside, at: inside.at(-1)?.at ?? outside.at, inside })
  }

  const told = [overlap.first, overlap.second] as const
  for (let n = 0; n < Math.max(told[0].length, told[1].length); n++) {
    for (const side of [0, 1] as const) {
      const [command, nth] = told[side][n] ?? []
      if (command === undefined || nth === undefined) continue
      await tell(command, sides[side].mine, nth)
      await note([0, 1])
    }
  }
  const both = moments.at(-1)?.inside.every(({ runs }) => wrote(before.runs, runs)) ?? false
  const [sooner, later]: readonly [Side, Side] = overlap.crossed ? [1, 0] : [0, 1]
  await sides[sooner].end(overlap.undone && sooner === 0 ? 'rollback' : 'commit')
  await note([later])
  await sides[later].end(overlap.undone && later === 0 ? 'rollback' : 'commit')
  await note([])

  const seen = moments.map(({ inside, ...outside }) => {
    const kept = inside.filter(({ side }) => !(overlap.undone && side === 0))
    return { ...outside, runs: together([outside.runs, ...kept.map(({ runs }) => runs)]) }
  })
  return { seen, both }
}

const wrote = (before: View, now: View): boolean =>
  [...now].some(([id, { run }]) => run.seq > (before.get(id)?.run.seq ?? 0))
