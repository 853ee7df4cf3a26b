import { changeWords, shortActor, stopReasonFacts } from '@holdpoint/protocol'

import type { Marked } from './marks.ts'

/** What an event means, in a line. Holds the words of agents and people as they wrote them. */
export function markText({ kind, detail, state, late }: Marked): string {
  const said = sentence(kind, detail, state)
  return late ? `${said} (after the run had ended)` : said
}

function sentence(kind: Marked['kind'], detail: Marked['detail'], state: Marked['state']): string {
  const tool = detail?.tool ?? null
  const on = detail?.target === undefined ? '' : ` on ${detail.target}`
  switch (kind) {
    case 'approval.requested':
      if (detail?.changes !== undefined) return `asks to change ${changeWords(detail.changes)}`
      return tool === null ? 'asks for approval' : `asks to run ${tool}${on}`
    case 'approval.decided':
      return withWhy(detail?.decision ?? 'decided', detail?.why)
    case 'approval.expired':
      return 'nobody decided in time'
    case 'approval.overdue':
      return 'its time to be decided ran out; it still waits'
    case 'approval.lacking':
      return 'too few people are left who could say yes'
    case 'approval.voted':
      return withWhy(`one voice: ${detail?.decision ?? 'given'}`, detail?.why)
    case 'approval.changed':
      return withWhy(changed(detail), detail?.why)
    case 'action.refused':
      return withWhy(`${tool ?? 'an action'}${on} was refused`, detail?.why)
    case 'action.unknown':
      return `nobody knows whether ${tool ?? 'its action'}${on} landed`
    case 'action.settled':
      return withWhy(
        detail?.landed === true ? 'said to have landed' : 'said not to have landed',
        detail?.why,
      )
    case 'action.late':
      return `${tool ?? 'an action'}${on}: ${detail?.outcome ?? 'reported'} late`
    case 'limits.raised':
      return withWhy('limits changed', detail?.why)
    case 'hold.opened':
      return withWhy(
        `held: ${reasonOf(state) ?? detail?.hold ?? 'a reason of its own'}`,
        detail?.why,
      )
    case 'hold.cleared':
      return withWhy('a hold was cleared', detail?.why)
    case 'run.paused':
    case 'run.lost':
    case 'run.failed':
    case 'run.killed':
      return withWhy(
        [kind.slice('run.'.length), reasonOf(state)].filter(Boolean).join(': '),
        detail?.why ?? state.stopDetail,
      )
    default:
      return withWhy(kind.replace('.', ' '), detail?.why)
  }
}

/** Whom it waits for since is the log's to know where many were asked. */
function changed(detail: Marked['detail']): string {
  const to = (detail?.to ?? []).slice(0, 3).map(shortActor).join(', ')
  switch (detail?.change) {
    case 'delegated':
      return to === '' ? 'the request was handed on' : `the request was handed to ${to}`
    case 'escalated':
      return to === '' ? 'others are asked' : `others are asked: ${to}`
    case 'extended':
      return 'the request was given more time'
    default:
      return 'the request was changed'
  }
}

const reasonOf = ({ stopReason }: Marked['state']): string | null =>
  stopReason === null ? null : stopReasonFacts[stopReason].label

const withWhy = (said: string, why: string | null | undefined): string =>
  why === null || why === undefined || why === '' ? said : `${said} (${why})`
