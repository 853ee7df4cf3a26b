import { isFinal, runState, type Run, type RunState } from '@holdpoint/protocol'

/** What a parent says of those below it, in short. */
export interface Tally {
  readonly living: number
  /** Living, but going nowhere by itself: waiting, paused, lost, or asking. */
  readonly waiting: number
  readonly failed: number
  readonly all: number
}

/** A run in its place in the table. */
export interface Placed {
  readonly id: string
  /** As it was when it was placed; a row follows its own run from there. */
  readonly run: Run
  readonly depth: number
  /** The row it stands under. */
  readonly under: string | null
  /** Its own parent is not the row it stands under: filtered out, or not held here. */
  readonly stray: boolean
  /** Bit n: a line runs down through level n, because a later sibling follows there. */
  readonly rails: number
  readonly below: Tally | null
}

/** Levels beyond this are drawn at this one. */
const deepest = 8

/** A run in the making of the table. Kept from one layout to the next: ten thousand are not made anew for one. */
export interface Node {
  run: Run
  shown: boolean
  under: Node | null
  children: Node[] | null
  below: Tally | null
}

type Lookup = (id: string) => Node | undefined

/** A chain of parents longer than this is taken to bite its own tail. */
const longestChain = 64

/** Of a run's ancestors the nearest that is shown. */
function shownAncestor(node: Node, find: Lookup): Node | null {
  let { parentId } = node.run
  for (let steps = 0; parentId !== null && steps < longestChain; steps++) {
    const parent = find(parentId)
    if (parent === undefined || parent === node) return null
    if (parent.shown) return parent
    parentId = parent.run.parentId
  }
  return null
}

/** Hangs each run under its nearest shown ancestor; both lists keep the order of `sorted`. */
function grown(sorted: readonly Node[], find: Lookup): Node[] {
  const roots: Node[] = []
  for (const node of sorted) node.children = null
  for (const node of sorted) {
    node.below = null
    node.under = node.run.parentId === null ? null : shownAncestor(node, find)
    if (node.under === null) roots.push(node)
    else (node.under.children ??= []).push(node)
  }
  return roots
}

const goingStates: ReadonlySet<RunState> = new Set(['running', 'queued', 'approved'])

/** Counts what is below each parent of this family, deepest first. */
function tally(node: Node): void {
  const { children } = node
  if (children === null) return
  const sum = { living: 0, waiting: 0, failed: 0, all: children.length }
  for (const child of children) {
    tally(child)
    const state = runState(child.run)
    const living = !isFinal(child.run.status)
    sum.living += Number(living) + (child.below?.living ?? 0)
    sum.waiting += Number(living && !goingStates.has(state)) + (child.below?.waiting ?? 0)
    sum.failed += Number(state === 'failed') + (child.below?.failed ?? 0)
    sum.all += child.below?.all ?? 0
  }
  node.below = sum
}

const goesOn = ({ run, below }: Node): boolean =>
  !isFinal(run.status) || (below !== null && below.living > 0)

/**
 * In the calm order a family stands where its root does and goes on as long as one of it does; under a
 * parent those that go on come first, as they were started, then the ended, newest first.
 */
function calm(nodes: readonly Node[], roots: boolean): readonly Node[] {
  const going: Node[] = []
  const over: Node[] = []
  for (const node of nodes) (goesOn(node) ? going : over).push(node)
  if (!roots) going.reverse()
  for (const node of over) going.push(node)
  return going
}

interface Sown {
  readonly sorted: readonly Node[]
  readonly find: Lookup
  /** In the calm order; else siblings stand in the order of `sorted`. */
  readonly active: boolean
}

/** Every run under the nearest of its ancestors that is shown, parents before children. */
export function forest({ sorted, find, active }: Sown): readonly Placed[] {
  const rows: Placed[] = []
  const place = (siblings: readonly Node[], depth: number, rails: number): void => {
    const ordered = active ? calm(siblings, depth === 0) : siblings
    const level = Math.min(depth, deepest)
    const last = ordered.at(-1)
    for (const node of ordered) {
      const { run, under, children, below } = node
      const own = depth === 0 || node === last ? rails : rails | (1 << level)
      const stray = run.parentId !== (under?.run.id ?? null)
      rows.push({
        id: run.id,
        run,
        depth: level,
        under: under?.run.id ?? null,
        stray,
        rails: own,
        below,
      })
      if (children !== null) place(children, depth + 1, own)
    }
  }
  const roots = grown(sorted, find)
  for (const root of roots) tally(root)
  place(roots, 0, 0)
  return rows
}

const placedAlone = ({ run }: Node): Placed => ({
  id: run.id,
  run,
  depth: 0,
  under: null,
  stray: run.parentId !== null,
  rails: 0,
  below: null,
})

/** No tree: each run for itself; in the calm order those that go on come first. */
export function plain({ sorted, active }: Sown): readonly Placed[] {
  if (!active) return sorted.map(placedAlone)
  const over = sorted.filter(({ run }) => isFinal(run.status))
  const going = sorted.filter(({ run }) => !isFinal(run.status))
  return [...going, ...over].map(placedAlone)
}

/** The rows that remain when some parents are folded: nothing below those is shown. */
export function unfolded(
  rows: readonly Placed[],
  folded: (row: Placed) => boolean,
): readonly Placed[] {
  const hidden = new Set<string>()
  return rows.filter((row) => {
    const gone = row.under !== null && hidden.has(row.under)
    if (row.below !== null && (gone || folded(row))) hidden.add(row.id)
    return !gone
  })
}

/** How the URL names a parent: the end of its id, which is random also where the beginning is a time. */
export const tailOf = (id: string): string => id.slice(-8)
