import type { LaneBox } from './lanes.ts'

type Place = Pick<LaneBox, 'agentId' | 'top' | 'height'>

/** How much further down what lay at `y` lies, once lanes have other heights (px). */
export function shiftAt(before: readonly Place[], after: readonly Place[], y: number): number {
  const old = before.find(({ top, height }) => y >= top && y < top + height)
  const now = after.find(({ agentId }) => agentId === old?.agentId)
  if (old === undefined || now === undefined) return 0
  return now.top + ((y - old.top) * now.height) / old.height - y
}
