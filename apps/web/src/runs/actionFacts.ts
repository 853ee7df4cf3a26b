import type { Action, ActionState } from '@holdpoint/protocol'

import type { Tone } from './stateLook.ts'

export const actionLook: Record<ActionState, { readonly word: string; readonly tone: Tone }> = {
  intended: { word: 'In flight', tone: 'running' },
  accepted: { word: 'Accepted, not done', tone: 'running' },
  confirmed: { word: 'Confirmed', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  unknown: { word: 'Outcome unknown', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'quiet' },
  compensated: { word: 'Undone', tone: 'quiet' },
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
