import type { Approval, OnExpiry } from '@holdpoint/protocol'

import { visible } from '../ui/visible.ts'

export const rejectWords =
  'The agent is told no and reads your reason. It may then go on without this, or end. Esc takes it back.'

const unanswered: Record<OnExpiry, string> = {
  reject: 'Without an answer it is closed at its deadline, and the agent reads that.',
  hold: 'Without an answer it stays held, also past its deadline.',
  escalate: 'Without an answer others are asked at its deadline; that approves nothing.',
}

/** What each answer does, and no more than that: what the agent then does is its own. */
export function answerWords(approval: Approval, edited: boolean): string {
  return `${eachAnswer(approval, edited)}${unansweredWords(approval)}`
}

/** What its deadline does, also for a person who has no yes to give. */
export function unansweredWords({ expiresAt, onExpiry, nextAsked }: Approval): string {
  if (expiresAt === null) return ''
  // After the last step, or where there never was one, it stays held.
  const then = onExpiry === 'escalate' && nextAsked === null ? 'hold' : onExpiry
  return ` ${unanswered[then]}`
}

function eachAnswer({ tool, kind }: Approval, edited: boolean): string {
  const no = 'Reject tells it no, with your reason.'
  if (kind === 'output')
    return `Approve lets the agent return exactly this. Your grade is kept with the output, whatever you answer. ${no}`
  if (tool === null)
    return `Approve lifts the hold: the agent goes on when it next reads its row. ${no}`
  const name = visible(tool.slice(0, 80))
  if (kind === 'change')
    return `Approve lets ${name} make ${edited ? 'the change as you edited it' : 'exactly this change'}, once: from then on it is live. ${no}`
  return edited
    ? `Approve lets ${name} run once with your arguments, and with no others. ${no}`
    : `Approve lets ${name} run once with exactly these arguments, and with no others. ${no}`
}
