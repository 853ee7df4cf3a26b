import {
  type Channel,
  type ChannelKind,
  isStopReason,
  noticeClasses,
  stopReasonFacts,
  type Undelivered,
} from '@holdpoint/protocol'

import type { MarkShape, Tone } from '../runs/stateLook'

export const kindWords = {
  webhook: 'Webhook',
  slack: 'Slack',
  email: 'E-mail',
} as const satisfies Record<ChannelKind, string>

const looks = {
  off: { shape: 'ring', tone: 'quiet', word: 'Off', className: 'text-muted' },
  failed: { shape: 'cross', tone: 'bad', className: 'text-bad font-medium' },
  stumbling: { shape: 'bars', tone: 'holding', word: 'Trying again', className: 'text-holding' },
  well: { shape: 'check', tone: 'good', word: 'Works', className: '' },
  untried: { shape: 'ring', tone: 'quiet', word: 'Not tried yet', className: 'text-muted' },
} as const

interface Look {
  readonly shape: MarkShape
  readonly tone: Tone
  readonly word: string
  readonly className: string
}

/** What a channel's past says of it now. */
export function stateOf(channel: Channel): Look {
  const { enabled, failed, lastFailedAt, lastSentAt, pending } = channel
  if (failed > 0) return { ...looks.failed, word: `${failed.toLocaleString('en')} given up` }
  if (!enabled) return looks.off
  const failing =
    lastFailedAt !== null &&
    (lastSentAt === null || Date.parse(lastFailedAt) > Date.parse(lastSentAt))
  if (failing && pending > 0) return looks.stumbling
  return lastSentAt === null ? looks.untried : looks.well
}

export const classWords = (name: Undelivered['class']): string =>
  name === 'test' ? 'A test' : noticeClasses[name].label

/** What it is told, as one sentence. */
export function wantsWords({ classes, reasons, agents, minimumRisk }: Channel): string {
  const told = classes.map((name) =>
    name === 'run.stopped'
      ? `${noticeClasses[name].label} (${reasons
          .map((reason) =>
            (isStopReason(reason) ? stopReasonFacts[reason].label : reason).toLowerCase(),
          )
          .join(', ')})`
      : noticeClasses[name].label,
  )
  return [
    told.join('; '),
    agents.length === 0 ? 'of every agent' : `of ${agents.join(', ')}`,
    minimumRisk === null ? [] : [`approvals from risk ${minimumRisk} on`],
  ]
    .flat()
    .join(' · ')
}
