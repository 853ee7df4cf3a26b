import type { RunState } from '@holdpoint/protocol'

export type Tone = 'running' | 'asking' | 'holding' | 'good' | 'bad' | 'quiet'

export type MarkShape =
  | 'dot'
  | 'hollow-dot'
  | 'hand'
  | 'bars'
  | 'check'
  | 'cross'
  | 'square'
  | 'broken-link'
  | 'ring'
  | 'half-dot'

export interface StateLook {
  readonly word: string
  readonly tone: Tone
  readonly shape: MarkShape
  /** A person is needed: the word is coloured too, not only the mark. */
  readonly loud: boolean
}

/** Each state: a mark, a word, a hue. */
export const stateLook = {
  running: { word: 'Running', tone: 'running', shape: 'dot', loud: false },
  waiting: { word: 'Waiting', tone: 'running', shape: 'hollow-dot', loud: false },
  needs_approval: { word: 'Needs approval', tone: 'asking', shape: 'hand', loud: true },
  approved: { word: 'Approved', tone: 'running', shape: 'half-dot', loud: false },
  paused: { word: 'Paused', tone: 'holding', shape: 'bars', loud: true },
  queued: { word: 'Queued', tone: 'quiet', shape: 'ring', loud: false },
  lost: { word: 'Lost', tone: 'bad', shape: 'broken-link', loud: true },
  failed: { word: 'Failed', tone: 'bad', shape: 'cross', loud: true },
  complete: { word: 'Complete', tone: 'good', shape: 'check', loud: false },
  killed: { word: 'Killed', tone: 'bad', shape: 'square', loud: false },
} as const satisfies Record<RunState, StateLook>

export const toneText = {
  running: 'text-running',
  asking: 'text-asking',
  holding: 'text-holding',
  good: 'text-good',
  bad: 'text-bad',
  quiet: 'text-muted',
} as const satisfies Record<Tone, string>

/** The order in which states are listed everywhere: what moves, what needs someone, what is over. */
export const stateOrder: readonly RunState[] = [
  'running',
  'waiting',
  'needs_approval',
  'paused',
  'lost',
  'approved',
  'queued',
  'failed',
  'killed',
  'complete',
]
