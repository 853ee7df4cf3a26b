import type { Action, ActionState } from '@holdpoint/protocol'

import type { MarkShape, Tone } from './stateLook.ts'

interface ActionLook {
  readonly word: string
  readonly tone: Tone
  readonly shape: MarkShape
}

export const actionLook: Record<ActionState, ActionLook> = {
  intended: { word: 'In flight', tone: 'running', shape: 'dot' },
  accepted: { word: 'Accepted, not done', tone: 'running', shape: 'half-dot' },
  confirmed: { word: 'Confirmed', tone: 'good', shape: 'check' },
  failed: { word: 'Failed', tone: 'bad', shape: 'cross' },
  unknown: { word: 'Outcome unknown', tone: 'bad', shape: 'broken-link' },
  cancelled: { word: 'Cancelled', tone: 'quiet', shape: 'square' },
  compensated: { word: 'Undone', tone: 'quiet', shape: 'ring' },
}

/** May it be run again? From what is known, never from hope. */
export function safeToRetry({ state, errorClass }: Pick<Action, 'state' | 'errorClass'>): string {
  switch (state) {
    case 'intended':
      return 'No: it is in flight'
    case 'accepted':
      return 'No: accepted, may still complete'
    case 'confirmed':
      return 'No need: it landed'
    case 'cancelled':
      return 'Yes: it never began'
    case 'compensated':
      return 'Yes: it was undone'
    case 'unknown':
      return 'No: first find out whether it landed'
    case 'failed':
      return errorClass === 'transient'
        ? 'Yes: a passing failure'
        : errorClass === 'partial'
          ? 'No: part of it may have landed'
          : errorClass === 'state_drift'
            ? 'No: the world moved; check it first'
            : 'Check the error first'
  }
}
