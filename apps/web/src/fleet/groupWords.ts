import { runState } from '@holdpoint/protocol'

import { placesOf, type Group } from './lane.ts'
import type { FleetSearch } from './search.ts'

/** Agents named in a link; beyond these it is filtered by the trouble alone. */
const mostNamed = 20

/** The table filtered to what a group holds. */
export function searchFor(group: Group): FleetSearch {
  const runs = group.items.flatMap((item) => (item.kind === 'loop' ? [] : item.run))
  const state = [...new Set(runs.map(runState))]
  const reason = [...new Set(runs.flatMap(({ stopReason }) => stopReason ?? []))]
  const reasoned = runs.every(({ stopReason }) => stopReason !== null)
  return {
    state,
    sort: group.trouble === 'failed' ? 'recent' : 'attention',
    ...(group.agents.length <= mostNamed && { agent: group.agents }),
    ...(reasoned && { reason }),
  }
}

export const agentsOf = ({ agents }: Group): string =>
  agents.length === 1 ? (agents[0] ?? '') : `${agents.length} agents`

/** "14 runs failed: tool failure at upsert_destination · 3 children still run". */
export function groupWords(group: Group): string {
  const { trouble, items, like } = group
  const n = items.length.toLocaleString('en')
  const children = items.reduce((sum, item) => sum + (item.kind === 'run' ? item.children : 0), 0)
  const living =
    children === 0
      ? ''
      : ` · ${children} ${children === 1 ? 'child still runs' : 'children still run'}`
  switch (trouble) {
    case 'approval':
      return like === '' ? `${n} ask for approval` : `${n} ask for ${like}`
    case 'overdue':
      return `${n} loops overdue`
    case 'failed':
      return `${n} runs ${like}${placesOf(group)}${living}`
    case 'outcome':
    case 'budget':
    case 'drift':
    case 'stopped':
      return items.every(({ kind }) => kind === 'isolated')
        ? `${n} agents isolated`
        : `${n} runs: ${like}${placesOf(group)}${living}`
  }
}
