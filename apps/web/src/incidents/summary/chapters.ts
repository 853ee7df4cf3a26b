import {
  isAgent,
  isPerson,
  onlyAsked,
  presentWord,
  spokenActor,
  stopReasonFacts,
  type Chapter,
  type IncidentApproval,
  type IncidentOperatorAction,
  type IncidentStop,
  type IncidentSummary,
  type StopReason,
} from '@holdpoint/protocol'

import { isClaim } from '../../runs/claims.ts'
import { stateLook, type Tone } from '../../runs/stateLook.ts'
import type { GlyphShape } from '../timeline/markLook.ts'
import { actWord } from './actWords.ts'

/** Words, and whose they are: null: Holdpoint recorded them. */
export interface Said {
  readonly words: string
  readonly whose: 'agent' | 'person' | null
}

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
  /** The request that it is about. */
  readonly approvalId?: string
  /** What it was about, and what was written with it. */
  readonly said: readonly Said[]
}

const said = (words: string | null, whose: Said['whose']): readonly Said[] =>
  words === null || words === '' ? [] : [{ words, whose }]

/** A person, or a token that acts for one. */
const commanded = (by: string): boolean => isPerson(by) || by.startsWith('token:')

/** Whose words a stop was given: a person's, the agent's, or what Holdpoint found. */
const whose = ({ by, reason, run }: IncidentStop): Said['whose'] =>
  commanded(by)
    ? 'person'
    : (reason === null ? isAgent(by) : isClaim(reason, run.status))
      ? 'agent'
      : null

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

function stopTold(stop: IncidentStop): Told {
  const { run, seq, by, reason, detail } = stop
  const { shape, tone, word } = stateLook[stateOf[run.status as keyof typeof stateOf] ?? 'paused']
  const why = reason === null ? null : stopReasonFacts[reason].label
  return {
    key: `stop ${run.id} ${seq}`,
    seq,
    shape,
    tone,
    agentId: run.agentId,
    runId: run.id,
    what: commanded(by) ? `${word} by ${spokenActor(by)}` : why === null ? word : `${word}: ${why}`,
    said: [...said(detail, whose(stop)), ...said(run.goal, 'agent')],
  }
}

function approvalTold(approval: IncidentApproval, step: 'asked' | 'decided'): Told {
  const { approvalId, agentId, runId, tool, target, decision, by, why } = approval
  const on = tool === null ? 'an approval' : [tool, target].filter(Boolean).join(' on ')
  const answer = `${decision === 'approved' ? 'Approved' : 'Rejected'} by ${by === null ? 'somebody' : spokenActor(by)}`
  return {
    key: `${step} ${approvalId}`,
    shape: 'person',
    tone: 'quiet',
    agentId,
    runId,
    what: step === 'asked' ? 'Asked for approval' : answer,
    approvalId,
    said: [...said(on, null), ...said(step === 'asked' ? null : why, 'person')],
  }
}

const done = (action: string): string => actWord(action) ?? action

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
  // What a deadline or a policy did is nobody's act.
  what: actor === 'holdpoint' ? done(action) : `${done(action)} by ${spokenActor(actor)}`,
  said: [...said(why, 'person'), ...said(runId === null && agentId === null ? target : null, null)],
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

type Paragraph =
  | { readonly kind: 'chapter'; readonly chapter: Chapter }
  | { readonly kind: 'aside'; readonly key: string; readonly chapters: readonly Chapter[] }

/** They change what an agent will be asked, and stop or free no run. */
const policyActs = new Set(['policy.save', 'policy.retire', 'drift.policy', 'loop.retire'])

const isAside = (chapter: Chapter): boolean =>
  chapter.kind === 'act' &&
  chapter.act.runId === null &&
  (chapter.act.agentId === null || policyActs.has(presentWord(chapter.act.action)))

/** What follows on itself and touches no run is one paragraph. */
export function paragraphs(chapters: readonly Chapter[]): readonly Paragraph[] {
  const all: Paragraph[] = []
  for (const chapter of chapters) {
    const last = all.at(-1)
    if (!isAside(chapter)) all.push({ kind: 'chapter', chapter })
    else if (last?.kind === 'aside')
      all.splice(-1, 1, { ...last, chapters: [...last.chapters, chapter] })
    else all.push({ kind: 'aside', key: told(chapter).key, chapters: [chapter] })
  }
  return all
}
