import { setImmediate as breathe } from 'node:timers/promises'

import type { DriftPreview, DriftPreviewRun, RunId } from '@holdpoint/protocol'
import type { Settings } from '@holdpoint/rules'
import { z } from 'zod'

import { agentId, query } from '../trpc/procedure.ts'
import { readSettings, settings } from './drift-policy.ts'
import { type Ask, eventsAfter } from './history.ts'
import { type Point, startMemory } from './memory.ts'
import { observe } from './observe.ts'

/** What one preview may cost: it is asked while someone types. */
const bounds = { runs: 300, events: 20_000, page: 200, forMs: 3_000 } as const

interface Candidate {
  readonly id: RunId
  readonly goal: string | null
  readonly status: string
}

const lastWeek = `
  select workflow_id as id, left(goal, 300) as goal, status from workflow_checkpoints
  where agent_id = $1 and created_at > now() - interval '7 days' order by created_at desc limit ${bounds.runs + 1}`

/** What these settings would have met in the agent's runs of the last week: their history, fed to the rules anew. */
export const preview = query
  .input(z.object({ agentId, settings }))
  .query(async ({ ctx, input }): Promise<DriftPreview> => {
    const read = readSettings(input.settings)
    if (typeof read === 'string')
      return { refused: read, runs: 0, actions: 0, cut: false, found: [] }
    const ask: Ask = async (sql, params) => ctx.database.read(sql, params)
    const all = (await ask(lastWeek, [input.agentId])) as readonly Candidate[]
    const stopAt = performance.now() + bounds.forMs
    const found: DriftPreviewRun[] = []
    let [runs, actions, left] = [0, 0, bounds.events as number]
    for (const run of all.slice(0, bounds.runs)) {
      if (left <= 0 || performance.now() > stopAt) break
      const replayed = await replay(ask, run, read, left)
      runs += 1
      actions += replayed.points
      left -= replayed.events
      if (replayed.first !== null) found.push(asFound(run, replayed))
    }
    return { refused: null, runs, actions, cut: runs < all.length || left <= 0, found }
  })

interface Replayed {
  readonly events: number
  readonly points: number
  /** The first point at which something was found, and how many came up to it. */
  readonly first: { readonly point: Point; readonly after: number } | null
}

async function replay(ask: Ask, run: Candidate, using: Settings, most: number): Promise<Replayed> {
  let memory = startMemory
  let [events, points, seq] = [0, 0, 0]
  let first: Replayed['first'] = null
  for (;;) {
    const told = await eventsAfter(ask, run.id, seq, bounds.page)
    for (const event of told) {
      const taken = observe(memory, event, using)
      memory = taken.memory
      if (taken.point === null) continue
      points += 1
      if (taken.point.found !== null) first ??= { point: taken.point, after: points }
    }
    events += told.length
    seq = told.at(-1)?.seq ?? seq
    await breathe()
    if (told.length < bounds.page || events >= most) return { events, points, first }
  }
}

function asFound(run: Candidate, { first, points }: Replayed): DriftPreviewRun {
  const signals = first?.point.signals.toSorted((a, b) => b.value - a.value) ?? []
  return {
    runId: run.id,
    goal: run.goal,
    status: run.status,
    finding: first?.point.found ?? 'DRIFT_DETECTED',
    seq: first?.point.seq ?? 0,
    at: new Date(first?.point.at ?? 0).toISOString(),
    score: first?.point.score ?? 0,
    why: signals[0]?.why ?? '',
    after: first?.after ?? 0,
    of: points,
  }
}
