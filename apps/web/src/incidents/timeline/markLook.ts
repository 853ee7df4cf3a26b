import { isPerson, type EventKind, type TimelineAct, type TimelineMark } from '@holdpoint/protocol'

import type { MarkShape, Tone } from '../../runs/stateLook.ts'
import { kindLook } from '../../runs/timeline/eventWords.ts'
import type { PlacedAct, PlacedMark } from './picture.ts'

/** Beside the marks of states: what only a timeline shows. */
export type GlyphShape = MarkShape | 'person' | 'question' | 'clock'

export interface MarkLook {
  readonly shape: GlyphShape
  readonly tone: Tone
  /** Where several lie in one place, the highest is drawn. */
  readonly rank: number
}

const shapes: Partial<Record<EventKind, GlyphShape>> = {
  'approval.requested': 'hand',
  'run.paused': 'bars',
  'hold.opened': 'bars',
  'run.failed': 'cross',
  'run.killed': 'square',
  'run.lost': 'broken-link',
  'run.complete': 'check',
  'action.unknown': 'question',
  'action.late': 'clock',
  'action.failed': 'cross',
  'step.failed': 'cross',
}

const ranks: Readonly<Record<Tone, number>> = {
  bad: 5,
  asking: 4,
  holding: 3,
  good: 1,
  running: 1,
  quiet: 0,
}

/** An act's mark: an isolation stops what the agent does; who signed in matters least. */
function actLook({ action, actor }: Pick<TimelineAct, 'action' | 'actor'>): MarkLook {
  if (action === 'agent.isolate') return { shape: 'bars', tone: 'holding', rank: ranks.holding }
  return action.startsWith('sign_in.') || actor.startsWith('holdpoint')
    ? { shape: 'dot', tone: 'quiet', rank: ranks.quiet }
    : { shape: 'person', tone: 'quiet', rank: 2 }
}

/** An event's mark: that of the state it led to, else that a person did it. */
function markLook({ kind, actor }: Pick<TimelineMark, 'kind' | 'actor'>): MarkLook {
  const { tone } = kindLook[kind]
  const shape = shapes[kind]
  if (shape !== undefined) return { shape, tone, rank: ranks[tone] }
  return isPerson(actor)
    ? { shape: 'person', tone: 'quiet', rank: 2 }
    : { shape: 'dot', tone, rank: ranks[tone] }
}

export const lookOf = (item: PlacedMark | PlacedAct): MarkLook =>
  'mark' in item ? markLook(item.mark) : actLook(item.act)
