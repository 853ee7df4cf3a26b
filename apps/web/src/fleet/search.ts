import {
  hasWords,
  isStopReason,
  runState,
  runStates,
  wordsOf,
  type Run,
  type RunState,
  type StopReason,
} from '@holdpoint/protocol'

import { isColumn, sameColumns, usualColumns, type ColumnId } from './columnIds.ts'

export const sorts = [
  'active',
  'attention',
  'recent',
  'spend',
  'tool',
  'agent',
  'started',
  'steps',
  'drift',
] as const
export type Sort = (typeof sorts)[number]

export const sortWords: Record<Sort, string> = {
  active: 'Active first, newest',
  attention: 'Needs a person first',
  recent: 'Last event',
  spend: 'Spend',
  tool: 'Longest in one tool',
  agent: 'Agent',
  started: 'Started last',
  steps: 'Most steps',
  drift: 'Most drift',
}

/** How children stand: under their parent and open, under it and folded away, or for themselves. */
const treeWays = ['open', 'folded', 'flat'] as const
export type TreeWay = (typeof treeWays)[number]

/** The fleet's view, as the URL holds it. Absent means: not filtered by that, or as usual. */
export interface FleetSearch {
  readonly state?: readonly RunState[]
  readonly agent?: readonly string[]
  readonly reason?: readonly StopReason[]
  readonly q?: string
  readonly sort?: Sort
  readonly reverse?: 'yes'
  readonly tree?: TreeWay
  /** Parents that stand the other way than `tree` says, each by the end of its id. */
  readonly flip?: readonly string[]
  readonly cols?: readonly ColumnId[]
}

function list(value: unknown): readonly string[] {
  const text = Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : ''
  return text.split(',').filter((part) => part !== '')
}

const isState = (text: string): text is RunState => (runStates as readonly string[]).includes(text)
const isSort = (text: unknown): text is Sort => (sorts as readonly unknown[]).includes(text)
const isTreeWay = (text: unknown): text is TreeWay =>
  (treeWays as readonly unknown[]).includes(text)

/** Reads the URL; what it does not understand it drops, so that an old link still opens. */
export function parseFleetSearch(raw: Record<string, unknown>): FleetSearch {
  const state = list(raw['state']).filter(isState)
  const agent = list(raw['agent'])
  const reason = list(raw['reason']).filter(isStopReason)
  const q = typeof raw['q'] === 'string' ? raw['q'].trim() : ''
  const sort = isSort(raw['sort']) ? raw['sort'] : 'active'
  const flip = list(raw['flip'])
  const cols = [...new Set(list(raw['cols']))].filter(isColumn)
  return {
    ...(state.length > 0 && { state }),
    ...(agent.length > 0 && { agent }),
    ...(reason.length > 0 && { reason }),
    ...(q !== '' && { q }),
    ...(sort !== 'active' && { sort }),
    ...(raw['reverse'] === 'yes' && sort !== 'active' && { reverse: 'yes' as const }),
    ...(isTreeWay(raw['tree']) && raw['tree'] !== usualTree(sort) && { tree: raw['tree'] }),
    ...(flip.length > 0 && { flip }),
    ...(cols.length > 0 && !sameColumns(cols, usualColumns) && { cols }),
  }
}

/** As a tree in the calm order, where a child's place is its parent's; flat where rows are ranked. */
const usualTree = (sort: Sort): TreeWay => (sort === 'active' ? 'open' : 'flat')

export const treeOf = (search: FleetSearch): TreeWay =>
  search.tree ?? usualTree(search.sort ?? 'active')

/** The same view with another way of the tree; what was folded by hand belongs to the old way. */
export function withTree(search: FleetSearch, tree: TreeWay): FleetSearch {
  const { flip: _flip, tree: _tree, ...rest } = search
  return tree === usualTree(rest.sort ?? 'active') ? rest : { ...rest, tree }
}

export function withSort(search: FleetSearch, sort: Sort, reverse = false): FleetSearch {
  const { sort: _sort, reverse: _reverse, tree: _tree, flip: _flip, ...rest } = search
  if (sort === 'active') return rest
  return { ...rest, sort, ...(reverse && { reverse: 'yes' }) }
}

export const isFiltered = (search: FleetSearch): boolean =>
  search.state !== undefined ||
  search.agent !== undefined ||
  search.reason !== undefined ||
  search.q !== undefined

/** May this run be shown under that filter? `refund-*` matches by its beginning. */
export function matches(run: Run, search: FleetSearch): boolean {
  if (search.state !== undefined && !search.state.includes(runState(run))) return false
  if (search.agent !== undefined && !search.agent.some((a) => agentMatches(run.agentId, a)))
    return false
  if (
    search.reason !== undefined &&
    (run.stopReason === null || !search.reason.includes(run.stopReason))
  )
    return false
  return search.q === undefined || hasWords(run, wordsOf(search.q))
}

const agentMatches = (agent: string, wanted: string): boolean =>
  wanted.endsWith('*') ? agent.startsWith(wanted.slice(0, -1)) : agent === wanted

/** Adds a value to a list filter, or takes it out; an empty list is no filter. */
export function toggled<T>(values: readonly T[] | undefined, value: T): readonly T[] | undefined {
  const next =
    values?.includes(value) === true
      ? values.filter((other) => other !== value)
      : [...(values ?? []), value]
  return next.length === 0 ? undefined : next
}

/** Sets one list of the view, leaving out an empty one. */
export function withList<K extends 'state' | 'agent' | 'reason' | 'flip'>(
  search: FleetSearch,
  key: K,
  values: FleetSearch[K] | undefined,
): FleetSearch {
  const { [key]: _, ...rest } = search
  return values === undefined ? rest : { ...rest, [key]: values }
}
