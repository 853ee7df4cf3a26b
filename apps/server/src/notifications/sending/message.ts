import {
  changeWords,
  isAgent,
  isStandingApproval,
  isStopReason,
  type NoticeClass,
  noticeClasses,
  spokenActor,
  stopReasonFacts,
} from '@holdpoint/protocol'

import { plain } from './plain.ts'
import type { NoticeRecord } from './record.ts'

interface Fact {
  readonly label: string
  readonly text: string
  /** The agent wrote it. */
  readonly claim: boolean
}

/** What one message says, before it has the form of its channel. Every text is one line of bounded length. */
export interface Message {
  /** Stays the same when it is sent again, so that a receiver knows the double. */
  readonly id: string
  readonly about: NoticeClass | 'test'
  readonly at: string
  readonly environment: string
  readonly title: string
  readonly link: string
  readonly linkWords: string
  readonly agentId: string | null
  readonly runId: string | null
  readonly approvalId: string | null
  readonly facts: readonly Fact[]
}

export interface Place {
  readonly url: string
  readonly environment: string
}

/** The message about an event, from the record as it is now. */
export function composeMessage(record: NoticeRecord, place: Place): Message {
  const { id, class: about, at, agentId, runId, approval } = record
  return {
    id,
    about,
    at,
    environment: plain(place.environment, 60),
    title: titleOf(record),
    ...linkOf(record, place.url),
    agentId,
    runId,
    approvalId: approval?.id ?? null,
    facts: [...ourFacts(record), ...claims(record)],
  }
}

function titleOf(record: NoticeRecord): string {
  const agent = plain(record.agentId ?? '', 80)
  const { approval, state, facts } = record
  switch (record.class) {
    case 'approval.requested':
      return `${agent} ${askWords(approval)}`
    case 'approval.changed':
      return `Approval for ${agent}: ${changedWords(record.detail?.change)}`
    case 'approval.decided':
      return `Approval for ${agent}: ${approval?.decision ?? 'decided'}`
    case 'approval.overdue':
      return `${agent} still waits for a decision`
    case 'approval.lacking':
      return `Approval for ${agent}: too few people are left who could say yes`
    case 'approval.expired':
      return `Approval for ${agent} expired`
    case 'outcome.unknown':
      return `${agent}: nobody knows whether an action landed`
    case 'worker.lost':
      return `${agent}: its worker was lost`
    case 'detection':
      return `${agent}: ${reasonWords(facts?.finding ?? state?.stopReason, 'a rule found something')}`
    case 'check-in.due':
      return `${agent}: a check-in is due`
    case 'agent.isolated':
      return `${agent} was isolated`
    case 'loop.missed':
      return `${agent}: a loop is overdue`
    case 'run.failed':
      return `${agent} failed`
    case 'run.stopped':
      return `${agent} stopped: ${reasonWords(state?.stopReason, state?.status ?? 'stopped')}`
    case 'test':
      return 'A test from Holdpoint'
  }
}

function askWords(approval: NoticeRecord['approval']): string {
  if (approval?.kind === 'output') return 'asks to return an output'
  return approval?.changes
    ? `asks to change a ${plain(approval.changes.what, 20)}`
    : 'asks for approval'
}

const reasonWords = (reason: string | null | undefined, otherwise: string): string =>
  reason !== null && reason !== undefined && isStopReason(reason)
    ? stopReasonFacts[reason].label.toLowerCase()
    : otherwise

function linkOf(
  { class: about, approval, runId }: NoticeRecord,
  url: string,
): { link: string; linkWords: string } {
  if (approval !== null)
    return { link: `${url}/approvals/${approval.id}`, linkWords: 'Open this approval' }
  if (runId !== null) return { link: `${url}/runs/${runId}`, linkWords: 'Open this run' }
  if (about === 'loop.missed')
    return { link: `${url}/agents?view=loops`, linkWords: 'Open the loops' }
  if (about === 'agent.isolated') return { link: `${url}/agents`, linkWords: 'Open the agents' }
  return { link: `${url}/settings`, linkWords: 'Open the settings' }
}

function ourFacts(record: NoticeRecord): readonly Fact[] {
  const { approval, state, detail, facts, class: about } = record
  const next =
    state !== null && state.stopReason !== null && isStopReason(state.stopReason)
      ? stopReasonFacts[state.stopReason].nextMove
      : null
  return listed(false, [
    [
      'What',
      about === 'test' ? 'If you read this, the channel works.' : noticeClasses[about].label,
    ],
    ['Risk', approval?.risk],
    ['Asked', about === 'approval.changed' ? asked(approval) : undefined],
    ['Expires', approval?.expiresAt],
    ['Answer', answerOf(approval)],
    // Of an approval that a person decided, and of a pause or a kill: a person's own words.
    ['Reason given', about === 'approval.decided' ? approval?.decisionReason : undefined],
    ['By', byPerson(record)],
    ['Why', facts?.why ?? (isAgent(record.actor) ? undefined : detail?.why)],
    ['Found', facts?.found],
    ['Overdue since', facts?.overdueSince],
    ['Next', about.startsWith('approval.') ? null : next],
    ['Run', record.runId],
  ])
}

/** Whom a request that is still open is meant for. */
const asked = (approval: NoticeRecord['approval']): string | undefined =>
  approval === null || approval.decision !== null || approval.assignees.length === 0
    ? undefined
    : approval.assignees.join(', ')

function changedWords(change: string | undefined): string {
  if (change === 'delegated') return 'handed to someone else'
  if (change === 'escalated') return 'others are asked'
  return change === 'extended' ? 'given more time' : 'changed'
}

const decider = (by: string): string => (isStandingApproval(by) ? spokenActor(by) : by)

/** A request may have been answered while its message waited. */
function answerOf(approval: NoticeRecord['approval']): string | null {
  if (approval === null) return null
  if (approval.decision !== null)
    return `${approval.decision} by ${decider(approval.decidedBy ?? 'someone')}, ${approval.decidedAt ?? ''}`
  return approval.closedAt === null ? 'none yet' : 'closed without one'
}

const byPerson = ({ actor, facts, class: about }: NoticeRecord): string | undefined =>
  facts?.by ??
  (about === 'run.stopped' && /^(operator|token|user):/.test(actor) ? actor : undefined)

function claims({
  approval,
  state,
  detail,
  facts,
  actor,
  class: about,
}: NoticeRecord): readonly Fact[] {
  return listed(true, [
    ['Goal', state?.goal ?? facts?.goal],
    ['Change', approval?.changes ? changeWords(approval.changes) : null],
    ['Tool', approval === null ? detail?.tool : approval.tool],
    ['Target', approval === null ? detail?.target : approval.target],
    ['Its reason', approval?.agentReason],
    ['Step', state?.step],
    ['Loop', facts?.loop],
    [
      'What it says',
      about.startsWith('run.') && isAgent(actor) ? (detail?.why ?? state?.stopDetail) : null,
    ],
  ])
}

const listed = (
  claim: boolean,
  facts: readonly (readonly [string, string | null | undefined])[],
): readonly Fact[] =>
  facts.flatMap(([label, text]) =>
    text === null || text === undefined || text.trim() === ''
      ? []
      : [{ label, text: plain(text), claim }],
  )
