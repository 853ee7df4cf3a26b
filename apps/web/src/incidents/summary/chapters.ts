import { stopReasonFacts, type IncidentSummary, type StopReason } from '@holdpoint/protocol'

import { stateLook, type Tone } from '../../runs/stateLook.ts'
import { isPerson, type GlyphShape } from '../timeline/markLook.ts'
import { who } from '../timeline/words.ts'

/** One thing that happened, in the order of time. */
export interface Chapter {
  readonly key: string
  readonly at: string
  readonly shape: GlyphShape
  readonly tone: Tone
  /** Who it is about; null: no agent. */
  readonly agentId: string | null
  readonly runId: string | null
  readonly seq?: number
  /** Holdpoint's own words. */
  readonly what: string
  /** What agents and people wrote. */
  readonly said: readonly string[]
}

/** Two records of one act are written in one transaction, with clocks a little apart (ms). */
const sameActMs = 2000
const near = (a: string, b: string): boolean => Math.abs(Date.parse(a) - Date.parse(b)) <= sameActMs

/** What happened in a window as one sequence: stops, requests and their answers, and what people did. */
export function storyOf(summary: IncidentSummary): readonly Chapter[] {
  return [...stops(summary), ...asked(summary), ...acts(summary)].toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  )
}

const shown = (...words: readonly (string | null)[]): readonly string[] =>
  words.filter((word): word is string => word !== null && word !== '')

const stateOf = { paused: 'paused', lost: 'lost', failed: 'failed', killed: 'killed' } as const

/** A run that paused to ask is told by what it asks. */
function stops({ stopped, approvals }: IncidentSummary): Chapter[] {
  return stopped
    .filter(
      ({ run, reason }) =>
        reason !== 'AWAITING_APPROVAL' || !approvals.some(({ runId }) => runId === run.id),
    )
    .map(({ run, at, seq, by, reason, detail }) => {
      const state = stateOf[run.status as keyof typeof stateOf] ?? 'paused'
      const { shape, tone, word } = stateLook[state]
      const why = reason === null ? word : stopReasonFacts[reason].label
      return {
        key: `stop ${run.id} ${seq}`,
        at,
        seq,
        shape,
        tone,
        agentId: run.agentId,
        runId: run.id,
        what: isPerson(by) ? `${word} by ${who(by)}` : why === word ? word : `${word}: ${why}`,
        said: shown(detail, run.goal),
      }
    })
}

function asked({ approvals, from }: IncidentSummary): Chapter[] {
  return approvals.flatMap((approval): Chapter[] => {
    const { approvalId, agentId, runId, tool, target, requestedAt, decidedAt } = approval
    const on = tool === null ? 'an approval' : [tool, target].filter(Boolean).join(' on ')
    const shared = { agentId, runId } as const
    const request: Chapter[] =
      requestedAt === null || Date.parse(requestedAt) < Date.parse(from)
        ? []
        : [
            {
              ...shared,
              key: `asked ${approvalId}`,
              at: requestedAt,
              shape: 'hand',
              tone: 'asking',
              what: 'Asked for approval',
              said: [on],
            },
          ]
    if (decidedAt === null) return request
    const decider = approval.by === null ? 'somebody' : who(approval.by)
    return [
      ...request,
      {
        ...shared,
        key: `decided ${approvalId}`,
        at: decidedAt,
        shape: 'person',
        tone: 'quiet',
        what: `${approval.decision === 'approved' ? 'Approved' : 'Rejected'} by ${decider}`,
        said: shown(on, approval.why),
      },
    ]
  })
}

const actWords: Readonly<Record<string, string>> = {
  'run.pause': 'Paused',
  'run.resume': 'Resumed',
  'run.kill': 'Killed',
  'run.release': 'Let go',
  'run.isolate': 'Held: its agent was isolated',
  'run.raise_limits': 'Limits raised',
  'action.settle': 'Outcome settled',
  'agent.isolate': 'Agent isolated',
  'agent.release': 'Agent released',
  'session.end': 'Session ended',
  'loop.retire': 'Loop retired',
}

/** What people did, but for what is told already: a run's stop by the one who stopped it, an answer to a request. */
function acts({ operatorActions, stopped, approvals }: IncidentSummary): Chapter[] {
  return operatorActions.flatMap((act, nth): Chapter[] => {
    const { at, actor, action, runId, agentId, target, why } = act
    const stop = action === 'run.pause' || action === 'run.kill' || action === 'run.isolate'
    const told =
      (stop && stopped.some((each) => each.run.id === runId && near(each.at, at))) ||
      (action.startsWith('approval.') &&
        approvals.some(
          (each) => each.runId === runId && each.decidedAt !== null && near(each.decidedAt, at),
        ))
    if (told) return []
    return [
      {
        key: `act ${nth}`,
        at,
        shape: 'person',
        tone: 'quiet',
        agentId,
        runId,
        what: `${actWords[action] ?? action} by ${who(actor)}`,
        said: shown(why, runId === null && agentId === null ? target : null),
      },
    ]
  })
}

/** Why runs stopped, most first; those that only asked are not counted. */
export function reasonsOf({ stopped }: IncidentSummary): readonly {
  readonly reason: StopReason | null
  readonly runs: number
}[] {
  const runs = new Map<StopReason | null, Set<string>>()
  for (const { reason, run } of stopped) {
    if (reason === 'AWAITING_APPROVAL') continue
    runs.set(reason, (runs.get(reason) ?? new Set()).add(run.id))
  }
  return [...runs]
    .map(([reason, ids]) => ({ reason, runs: ids.size }))
    .toSorted((a, b) => b.runs - a.runs)
}
