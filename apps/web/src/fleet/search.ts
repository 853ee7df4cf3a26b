import {
  isStopReason,
  runState,
  runStates,
  type Run,
  type RunState,
  type StopReason,
} from '@holdpoint/protocol'

export const sorts = ['active', 'attention', 'recent', 'spend', 'tool', 'agent'] as const
export type Sort = (typeof sorts)[number]

export const sortWords: Record<Sort, string> = {
  active: 'Active first, newest',
  attention: 'Needs a person first',
  recent: 'Last event',
  spend: 'Spend',
  tool: 'Longest in one tool',
  agent: 'Agent',
}

/** The filter of the fleet, as the URL holds it. Absent means: not filtered by that. */
export interface FleetSearch {
  readonly state?: readonly RunState[]
  readonly agent?: readonly string[]
  readonly reason?: readonly StopReason[]
  readonly q?: string
  readonly sort?: Sort
}

function list(value: unknown): readonly string[] {
  const text = Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : ''
  return text.split(',').filter((part) => part !== '')
}

const isState = (text: string): text is RunState => (runStates as readonly string[]).includes(text)
const isSort = (text: unknown): text is Sort => (sorts as readonly unknown[]).includes(text)

/** Reads the URL; what it does not understand it drops, so that an old link still opens. */
export function parseFleetSearch(raw: Record<string, unknown>): FleetSearch {
  const state = list(raw['state']).filter(isState)
  const agent = list(raw['agent'])
  const reason = list(raw['reason']).filter(isStopReason)
  const q = typeof raw['q'] === 'string' ? raw['q'].trim() : ''
  return {
    ...(state.length > 0 && { state }),
    ...(agent.length > 0 && { agent }),
    ...(reason.length > 0 && { reason }),
    ...(q !== '' && { q }),
    ...(isSort(raw['sort']) && raw['sort'] !== 'active' && { sort: raw['sort'] }),
  }
}

export const isFiltered = (search: FleetSearch): boolean =>
  search.state !== undefined ||
  search.agent !== undefined ||
  search.reason !== undefined ||
  search.q !== undefined

const text = (run: Run): string =>
  [run.id, run.agentId, run.skill, run.goal, run.step, run.tool, run.toolTarget, run.stopDetail]
    .join(' ')
    .toLowerCase()

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
  if (search.q === undefined) return true
  const hay = text(run)
  return search.q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word))
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

/** Sets one list of the filter, leaving out an empty one. */
export function withList<K extends 'state' | 'agent' | 'reason'>(
  search: FleetSearch,
  key: K,
  values: FleetSearch[K] | undefined,
): FleetSearch {
  const { [key]: _, ...rest } = search
  return values === undefined ? rest : { ...rest, [key]: values }
}
