import { isFinal, type Run } from '@holdpoint/protocol'

import type { IncidentSearch } from './search.ts'

const leastMs = 5 * 60_000

const iso = (ms: number): string => new Date(ms).toISOString()

/** The window around a run: its life and a little before and after, or until now while it goes on. */
export function aroundRun(run: Run): IncidentSearch {
  const [begin, last] = [Date.parse(run.createdAt), Date.parse(run.lastEvent.at)]
  const room = Math.max(leastMs, (last - begin) / 10)
  return {
    from: iso(begin - room),
    ...(isFinal(run.status) && { to: iso(last + room) }),
    run: run.id,
  }
}
