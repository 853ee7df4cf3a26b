import { isFinal, runState, type Run } from '@holdpoint/protocol'

import { stateLook, stateOrder } from './stateLook.ts'

export interface Relative {
  readonly run: Run
  /** Steps below the eldest that is shown. */
  readonly depth: number
  readonly is: 'above' | 'this' | 'below'
}

const oldest = (a: Run, b: Run): number =>
  `${a.createdAt}${a.id}` < `${b.createdAt}${b.id}` ? -1 : 1

/** Those above a run, the run, and all below it, each under its parent. Newer states win over older ones. */
export function familyOf(run: Run, known: Iterable<Run>): readonly Relative[] {
  const byId = new Map<string, Run>()
  for (const each of [...known, run]) {
    const held = byId.get(each.id)
    if (held === undefined || held.seq <= each.seq) byId.set(each.id, each)
  }
  const above: Run[] = []
  const met = new Set<string>([run.id])
  for (let up = byId.get(run.parentId ?? ''); up !== undefined && !met.has(up.id);) {
    above.unshift(up)
    met.add(up.id)
    up = byId.get(up.parentId ?? '')
  }
  const childrenOf = Map.groupBy(byId.values(), ({ parentId }) => parentId as string | null)
  const below = (parent: Run, depth: number): readonly Relative[] =>
    (childrenOf.get(parent.id) ?? [])
      .filter(({ id }) => !met.has(id))
      .toSorted(oldest)
      .flatMap((child) => {
        met.add(child.id)
        return [{ run: child, depth, is: 'below' as const }, ...below(child, depth + 1)]
      })
  return [
    ...above.map((each, depth) => ({ run: each, depth, is: 'above' as const })),
    { run, depth: above.length, is: 'this' },
    ...below(run, above.length + 1),
  ]
}

/** "2 running, 1 failed": what those below do, in the order in which states are told everywhere. */
export function tally(relatives: readonly Relative[]): string {
  const counts = new Map<string, number>()
  for (const { run, is } of relatives)
    if (is === 'below') counts.set(runState(run), (counts.get(runState(run)) ?? 0) + 1)
  return stateOrder
    .filter((state) => counts.has(state))
    .map((state) => `${counts.get(state) ?? 0} ${stateLook[state].word.toLowerCase()}`)
    .join(', ')
}

/** Of all runs that are held, how many were started by this one and have not ended. */
export function livingBelow({ id }: Run, runs: Iterable<Run>): number {
  let living = 0
  for (const { parentId, status } of runs) if (parentId === id && !isFinal(status)) living++
  return living
}
