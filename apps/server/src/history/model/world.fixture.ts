import type { Run } from '@holdpoint/protocol'
import type { QueryResult, QueryResultRow } from 'pg'

import type { Asked } from '../../../test/ask.ts'

/** Who can be asked to say something: a pool, or a transaction that is open. */
export interface Session {
  query<Row extends QueryResultRow>(text: string, params?: unknown[]): Promise<QueryResult<Row>>
}

/** Runs of some agents, in the hands of everyone who may touch them. */
export interface World {
  readonly asked: Asked
  readonly agent: Session
  readonly person: Session
  /** An agent that has a login of its own, and so can be isolated. */
  readonly delta: Session
  readonly runs: string[]
  readonly approvals: { readonly id: string; readonly run: string }[]
  readonly actions: { readonly id: string; readonly run: string }[]
}

/** What was to be seen of each run. */
export type View = ReadonlyMap<string, { readonly run: Run; readonly approvals: string[] }>

export interface Command {
  readonly name: string
  readonly run: (world: World, nth: number) => Promise<unknown>
  /** Did it do what it is there for? Otherwise: some run went on. */
  readonly took?: (before: View, after: View) => boolean
}

export const agents = ['alpha', 'beta', 'gamma']
export const nobody = '00000000-0000-0000-0000-000000000000'

let words = 0
export const word = (): string => `word ${(words += 1)}`

/** One of those there are; most often of the latest. */
export const pick = <T>(all: readonly T[], nth: number): T | undefined =>
  all.at(-1 - (nth % Math.min(6, all.length || 1)))

export const runOf = (world: World, nth: number): string => pick(world.runs, nth) ?? nobody

/** The id that a statement answers with; none: nobody's. */
export async function idFrom(session: Session, sql: string, ...params: unknown[]): Promise<string> {
  const { rows } = await session.query<{ id: string | null }>(sql, params)
  return rows[0]?.id ?? nobody
}

/** Was some run held for this, that was not before? */
export const held =
  (kind: string) =>
  (before: View, after: View): boolean =>
    [...after].some(
      ([id, { run }]) =>
        run.heldBy.some((each) => each === kind) &&
        before.get(id)?.run.heldBy.some((each) => each === kind) !== true,
    )

const seqs = (view: View): number => [...view.values()].reduce((sum, { run }) => sum + run.seq, 0)

export const took = (command: Command, before: View, after: View): boolean =>
  command.took?.(before, after) ?? seqs(after) > seqs(before)
