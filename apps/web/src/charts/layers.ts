import type { FinalStatus } from '@holdpoint/protocol'

import type { StackedState } from './shape.ts'

/** A layer's colour: the hue of its state; states that share a hue differ in strength, as their marks do. */
export interface LayerLook {
  readonly colour: string
  readonly strength: number
}

export const layerLook = {
  lost: { colour: 'var(--color-bad)', strength: 0.85 },
  needs_approval: { colour: 'var(--color-asking)', strength: 0.85 },
  paused: { colour: 'var(--color-holding)', strength: 0.85 },
  queued: { colour: 'var(--color-muted)', strength: 0.45 },
  approved: { colour: 'var(--color-running)', strength: 0.6 },
  waiting: { colour: 'var(--color-running)', strength: 0.25 },
  running: { colour: 'var(--color-running)', strength: 0.42 },
  failed: { colour: 'var(--color-bad)', strength: 0.9 },
  killed: { colour: 'var(--color-bad)', strength: 0.4 },
  complete: { colour: 'var(--color-good)', strength: 0.5 },
} as const satisfies Record<StackedState | FinalStatus, LayerLook>

export type LayerState = keyof typeof layerLook
