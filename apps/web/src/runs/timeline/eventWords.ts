import {
  changeWords,
  holdLabels,
  shortActor,
  type EventDetail,
  type EventKind,
  type HoldKind,
  type EventLine,
} from '@holdpoint/protocol'

import type { KindGroup } from '../search.ts'
import type { Tone } from '../stateLook.ts'

export interface KindLook {
  readonly word: string
  readonly group: KindGroup
  /** Only what someone may have to look at has a hue. */
  readonly tone: Tone
}

const look = (word: string, group: KindGroup, tone: Tone = 'quiet'): KindLook => ({
  word,
  group,
  tone,
})

export const kindLook: Record<EventKind, KindLook> = {
  'run.started': look('Run started', 'state'),
  'run.adopted': look('Run adopted', 'state'),
  'run.claimed': look('Claimed by a worker', 'state'),
  'run.released': look('Let go by its worker', 'state'),
  'run.step': look('Step begins', 'step'),
  'run.progress': look('Progress', 'step'),
  'run.waiting': look('Waiting', 'state'),
  'run.running': look('Running', 'state'),
  'run.queued': look('Queued', 'state'),
  'run.paused': look('Paused', 'state', 'holding'),
  'run.approved': look('Approved', 'state'),
  'run.complete': look('Complete', 'state', 'good'),
  'run.failed': look('Failed', 'state', 'bad'),
  'run.killed': look('Killed', 'state', 'bad'),
  'run.lost': look('Lost', 'state', 'bad'),
  'run.looked': look('A person looked', 'control'),
  'hold.opened': look('Hold opened', 'control', 'holding'),
  'hold.cleared': look('Hold cleared', 'control'),
  'control.delivered': look('Request delivered', 'control'),
  'control.acknowledged': look('Request acknowledged', 'control'),
  'control.quiesced': look('Quiesced', 'control'),
  'step.completed': look('Step completed', 'step'),
  'step.failed': look('Step failed', 'step', 'bad'),
  'action.intended': look('Action begins', 'action'),
  'action.accepted': look('Action accepted', 'action'),
  'action.confirmed': look('Action confirmed', 'action'),
  'action.failed': look('Action failed', 'action', 'bad'),
  'action.unknown': look('Outcome unknown', 'action', 'bad'),
  'action.cancelled': look('Action cancelled', 'action'),
  'action.late': look('Late evidence', 'action', 'holding'),
  'action.refused': look('Action refused', 'action', 'bad'),
  'action.settled': look('Outcome settled', 'control'),
  'limits.raised': look('Limits raised', 'control'),
  'approval.requested': look('Approval requested', 'approval', 'asking'),
  'approval.decided': look('Approval decided', 'approval'),
  'approval.voted': look('Vote', 'approval', 'asking'),
  'approval.changed': look('Request changed', 'approval', 'asking'),
  'approval.overdue': look('Request expired, stays held', 'approval', 'bad'),
  'approval.lacking': look('Too few people left to approve', 'approval', 'bad'),
  'approval.expired': look('Request expired', 'approval', 'bad'),
  'task.written': look('Task written', 'audit'),
  'audit.recorded': look('Audit row', 'audit'),
  'run.drift': look('Drift score', 'control'),
}

export const groupWords: Record<KindGroup, string> = {
  state: 'State',
  step: 'Steps',
  action: 'Actions',
  control: 'Holds, control',
  approval: 'Approvals',
  audit: 'Audit',
}

const held = (hold: string): string => (hold in holdLabels ? holdLabels[hold as HoldKind] : hold)

/** What an event without details of its own changed, from the state after it. */
function stateText({ kind, state }: EventLine): string {
  switch (kind) {
    case 'run.started':
      return state.goal ?? ''
    case 'run.step':
      return state.step ?? ''
    case 'run.waiting':
      return [state.waitingOn?.kind, state.waitingOn?.what].filter(Boolean).join(' · ')
    case 'run.paused':
    case 'run.failed':
    case 'run.killed':
    case 'run.lost':
      return state.stopDetail ?? ''
    case 'run.claimed':
      return state.worker ?? ''
    default:
      return ''
  }
}

/** The event in one line, after its kind. */
export function eventText(event: EventLine): string {
  return detailText(event.detail ?? {}) || stateText(event)
}

/** What was done with a request that stays open, and whom it waits for since. */
function passedOn({ change, to = [] }: EventDetail): string {
  if (change === 'extended') return 'more time'
  const whom = to.slice(0, 3).map(shortActor).join(', ')
  const done = change === 'delegated' ? 'handed' : 'others are asked'
  if (whom === '') return change === 'delegated' ? 'handed on' : done
  return change === 'delegated' ? `${done} to ${whom}` : `${done}: ${whom}`
}

function detailText(detail: EventDetail): string {
  const { tool, target, step, occurrence, error, hold, why, decision, outcome } = detail
  const { action, table, row, taskId, taskStatus } = detail
  const parts = [
    detail.changes === undefined ? undefined : `change ${changeWords(detail.changes)}`,
    detail.changes !== undefined || tool === undefined
      ? undefined
      : [tool, target].filter(Boolean).join(' '),
    tool === undefined && step !== undefined
      ? `${step}${(occurrence ?? 1) > 1 ? ` (${occurrence})` : ''}`
      : undefined,
    detail.change === undefined ? undefined : passedOn(detail),
    hold === undefined ? undefined : held(hold),
    decision,
    action === undefined ? undefined : [action, table, row].filter(Boolean).join(' '),
    taskId === undefined ? undefined : `task ${taskId.slice(0, 8)} ${taskStatus ?? ''}`,
    error,
    outcome,
    why,
  ]
  return parts.filter((part) => part !== undefined && part !== '').join(' · ')
}
