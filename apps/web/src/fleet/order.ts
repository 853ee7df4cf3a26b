import { isFinal, runState, runStates, type Run } from '@holdpoint/protocol'

import type { Sort } from './search.ts'

type Compare = (a: Run, b: Run) => number

const newest: Compare = (a, b) =>
  a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : a.createdAt < b.createdAt ? 1 : -1
const ended = (run: Run): number => Number(isFinal(run.status))
const attention = (run: Run): number => runStates.indexOf(runState(run))

/** Runs in no tool sort last; the longest in one first. */
const toolSince = (run: Run): string => run.toolSince ?? '~'

/** What follows the values themselves. `active` needs to know the other runs. */
const compares: Record<Exclude<Sort, 'active'>, Compare> = {
  attention: (a, b) => attention(a) - attention(b) || newest(a, b),
  recent: (a, b) => (a.lastEvent.at < b.lastEvent.at ? 1 : -1),
  spend: (a, b) => b.spend.costUsd - a.spend.costUsd || newest(a, b),
  tool: (a, b) =>
    toolSince(a) < toolSince(b) ? -1 : toolSince(a) > toolSince(b) ? 1 : newest(a, b),
  agent: (a, b) => (a.agentId < b.agentId ? -1 : a.agentId > b.agentId ? 1 : newest(a, b)),
}

/**
 * The default, because it is calm: a row moves only when its run ends. A child stands under its root,
 * wherever that stands.
 */
function byRoot(runs: readonly Run[]): Compare {
  const byId = new Map(runs.map((run) => [run.id, run]))
  const root = (run: Run): Run => {
    const found = byId.get(run.rootId)
    return found === undefined || ended(found) !== ended(run) ? run : found
  }
  return (a, b) => {
    if (ended(a) !== ended(b)) return ended(a) - ended(b)
    const [rootA, rootB] = [root(a), root(b)]
    return rootA === rootB ? -newest(a, b) : newest(rootA, rootB)
  }
}

export const ordered = (runs: readonly Run[], sort: Sort): readonly Run[] =>
  runs.toSorted(sort === 'active' ? byRoot(runs) : compares[sort])
