import {
  isPerson,
  onlyAsked,
  stopReasonFacts,
  type Chapter,
  type IncidentApproval,
  type IncidentOperatorAction,
  type IncidentStop,
  type IncidentSummary,
  type StopReason,
} from '@holdpoint/protocol'

import { stateLook, type Tone } from '../../runs/stateLook.ts'
import type { GlyphShape } from '../timeline/markLook.ts'
import { who } from '../timeline/words.ts'
import { actWords } from './actWords.ts'

/** How a chapter is told on the page. */
export interface Told {
  readonly key: string
  readonly shape: GlyphShape
  readonly tone: Tone
  readonly agentId: string | null
  readonly runId: string | null
  readonly seq?: number
  /** Holdpoint's own words. */
  readonly what: string
  /** What agents and people wrote. */
  readonly said: readonly string[]
}

const written = (...words: readonly (string | null)[]): readonly string[] =>
  words.filter((word): word is string => word !== null && word !== '')

export function told(chapter: Chapter): Told {
  switch (chapter.kind) {
    case 'stop':
      return stopTold(chapter.stop)
    case 'asked':
      return { ...approvalTold(chapter.approval, 'asked'), shape: 'hand', tone: 'asking' }
    case 'decided':
      return approvalTold(chapter.approval, 'decided')
    case 'act':
      return actTold(chapter.act)
  }
}

const stateOf = { paused: 'paused', lost: 'lost', failed: 'failed', killed: 'killed' } as const

function stopTold({ run, seq, by, reason, detail }: IncidentStop): Told {
  const { shape, tone, word } = stateLook[stateOf[run.status as keyof typeof stateOf] ?? 'paused']
  const why = reason === null ? null : stopReasonFacts[reason].label
  return {
    key: `stop ${run.id} ${seq}`,
    seq,
    shape,
    tone,
    agentId: run.agentId,
    runId: run.id,
    what: isPerson(by) ? `${word} by ${who(by)}` : why === null ? word : `${word}: ${why}`,
    said: written(detail, run.goal),
  }
}

function approvalTold(approval: IncidentApproval, step: 'asked' | 'decided'): Told {
  const { approvalId, agentId, runId, tool, target, decision, by, why } = approval
  const on = tool === null ? 'an approval' : [tool, target].filter(Boolean).join(' on ')
  const answer = `${decision === 'approved' ? 'Approved' : 'Rejected'} by ${by === null ? 'somebody' : who(by)}`
  return {
    key: `${step} ${approvalId}`,
    shape: 'person',
    tone: 'quiet',
    agentId,
    runId,
    what: step === 'asked' ? 'Asked for approval' : answer,
    said: written(on, step === 'asked' ? null : why),
  }
}

const actTold = ({
  at,
  actor,
  action,
  runId,
  agentId,
  target,
  why,
}: IncidentOperatorAction): Told => ({
  key: `act ${at} ${action} ${runId ?? target}`,
  shape: 'person',
  tone: 'quiet',
  agentId,
  runId,
  what: `${actWords[action] ?? action} by ${who(actor)}`,
  said: written(why, runId === null && agentId === null ? target : null),
})

/**
 * Why runs stopped, most first: how many runs, without those that only asked. Where not every stop is listed, how many
 * stops.
 */
export function reasonsOf({ stopped, stopReasons, approvals, leftOut }: IncidentSummary): readonly {
  readonly reason: StopReason | null
  readonly n: number
}[] {
  if (leftOut.stopped > 0) return stopReasons.map(({ reason, stops }) => ({ reason, n: stops }))
  const runs = new Map<StopReason | null, Set<string>>()
  for (const stop of stopped) {
    if (onlyAsked(stop, approvals)) continue
    runs.set(stop.reason, (runs.get(stop.reason) ?? new Set()).add(stop.run.id))
  }
  return [...runs].map(([reason, ids]) => ({ reason, n: ids.size })).toSorted((a, b) => b.n - a.n)
}
