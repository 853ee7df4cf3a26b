import type { Read } from './read.ts'
import type { PollSettings } from './settings.ts'
import { type Poll, type State, withPoll } from './state.ts'

/**
 * Whether asking a poll-like tool once more was only patience: its answer changed, or it is the
 * same one still within the tool's window and bound.
 */
export function isPatient(
  state: State,
  { action, outcome, ended }: Read,
  at: number,
  settings: PollSettings | null,
): { readonly state: State; readonly patient: boolean } {
  if (settings === null || ended === 'failed') return { state, patient: false }
  const last = state.polls.find((poll) => poll.action === action)
  const poll: Poll =
    last?.outcome === outcome
      ? { ...last, asks: last.asks + 1 }
      : { action, outcome, asks: 1, since: instant(at) }
  const waited = instant(at) - poll.since
  return {
    state: withPoll(state, poll),
    patient: poll.asks <= settings.bound && waited <= settings.windowMs,
  }
}

/** JSON knows no NaN: a time that is none is the beginning of time. */
const instant = (at: number): number => (Number.isFinite(at) ? at : 0)
