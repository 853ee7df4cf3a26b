import { useQuery } from '@tanstack/react-query'

import { api } from '../../app/trpc'
import type { IncidentWindow } from '../window'
import type { Bars } from './drawStrip'
import type { Picture } from './picture'
import type { Scene } from './scene'
import { lengthOf } from './span'

const buckets = 400

/** Events over the whole window: of all agents or one as the server counts them, of several as their lanes say. */
export function useBars(
  scene: Scene,
  { span, live }: IncidentWindow,
  agents: readonly string[] | null,
): Bars | null {
  const several = agents !== null && agents.length > 1
  const one = several ? undefined : agents?.[0]
  // Counted anew as it grows by what is seen, not with each tick of a clock.
  const grain = live ? Math.max(2000, lengthOf(span) / buckets) : 1
  const to = Math.ceil(span.to / grain) * grain
  const from = live ? to - Math.ceil(lengthOf(span) / grain) * grain : span.from
  const { data } = useQuery({
    queryKey: ['history', 'density', from, to, one],
    queryFn: ({ signal }) =>
      api.history.density.query(
        {
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          buckets,
          ...(one !== undefined && { agentId: one }),
        },
        { signal },
      ),
    enabled: !several,
    placeholderData: (old) => old,
    gcTime: 10_000,
  })
  if (several) return scene.whole === undefined ? null : summed(scene.whole)
  if (data === undefined) return null
  const { everyMs, counts, stops } = data
  return { from: Date.parse(data.from), everyMs, counts, stops }
}

function summed({ bucketsFrom, everyMs, lanes }: Picture): Bars {
  const of = (read: 'events' | 'stops') => {
    const all: number[] = []
    for (const lane of lanes.values())
      for (const [nth, count] of lane[read].entries()) all[nth] = (all[nth] ?? 0) + count
    return all
  }
  return { from: bucketsFrom, everyMs, counts: of('events'), stops: of('stops') }
}
