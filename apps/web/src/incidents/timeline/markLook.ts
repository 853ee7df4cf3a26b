import { isPerson, type EventKind, type TimelineMark } from '@holdpoint/protocol'

import type { MarkShape, Tone } from '../../runs/stateLook.ts'
import { kindLook } from '../../runs/timeline/eventWords.ts'

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

/** An event's mark: that of the state it led to, else that a person did it. */
export function markLook({ kind, actor }: Pick<TimelineMark, 'kind' | 'actor'>): MarkLook {
  const { tone } = kindLook[kind]
  const shape = shapes[kind]
  if (shape !== undefined) return { shape, tone, rank: ranks[tone] }
  return isPerson(actor)
    ? { shape: 'person', tone: 'quiet', rank: 2 }
    : { shape: 'dot', tone, rank: ranks[tone] }
}
