import { isFinal, runState, runStates, type Run } from '@holdpoint/protocol'

import type { Sort } from './search.ts'

/** What a row is ranked by. Only when it changes must the row find its place again. */
type SortKey = (run: Run) => string | number

export interface Order {
  readonly key: SortKey
  readonly descending: boolean
}

const orders: Record<Sort, Order> = {
  /** A row moves only when its run ends, and that is the layout's doing: the rank itself never changes. */
  active: { key: (run) => run.createdAt, descending: true },
  attention: { key: (run) => runStates.indexOf(runState(run)), descending: false },
  recent: { key: (run) => run.lastEvent.at, descending: true },
  spend: { key: (run) => run.spend.costUsd, descending: true },
  /** Runs in no tool sort last; the longest in one first. */
  tool: { key: (run) => run.toolSince ?? '~', descending: false },
  agent: { key: (run) => run.agentId, descending: false },
  started: { key: (run) => run.createdAt, descending: true },
  steps: { key: (run) => run.steps, descending: true },
  drift: { key: (run) => run.drift ?? -1, descending: true },
}

export function orderOf(sort: Sort, reverse: boolean): Order {
  const order = orders[sort]
  return reverse ? { ...order, descending: !order.descending } : order
}

export interface Ranked {
  readonly run: Run
  readonly key: string | number
}

const newest = (a: Run, b: Run): number =>
  a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : a.createdAt < b.createdAt ? 1 : -1

/** By key, then newest first, then by id: no two runs are equal, so an order is one. */
function compared(a: Ranked, b: Ranked, descending: boolean): number {
  if (a.key === b.key) return newest(a.run, b.run)
  return a.key < b.key === descending ? 1 : -1
}

/** A list in its order with `fresh` rows taken to their places: O(n), whatever changed. */
export function merged<T extends Ranked>(
  sorted: readonly T[],
  fresh: readonly T[],
  descending: boolean,
): T[] {
  const incoming = fresh.toSorted((a, b) => compared(a, b, descending))
  const result: T[] = []
  let next = 0
  for (const entry of sorted) {
    for (
      let other = incoming[next];
      other !== undefined && compared(other, entry, descending) < 0;
      other = incoming[next]
    ) {
      result.push(other)
      next++
    }
    result.push(entry)
  }
  for (const rest of incoming.slice(next)) result.push(rest)
  return result
}

/** What goes on first, newest first: for lists that are made once, such as search results. */
export const activeFirst = (runs: readonly Run[]): readonly Run[] =>
  runs.toSorted((a, b) => Number(isFinal(a.status)) - Number(isFinal(b.status)) || newest(a, b))
