import type { EventKind } from './events.ts'
import type { HoldKind } from './holds.ts'
import type { Instant } from './run.ts'
import type { StopReason } from './stop-reasons.ts'

interface ClassFacts {
  /** As a checkbox and a heading say it. */
  readonly label: string
  /** Kinds of events that belong to it; none where it is no event of a run. */
  readonly kinds: readonly EventKind[]
  /** Only where the event opened one of these holds. */
  readonly holds?: readonly HoldKind[]
  /** A channel also says for which stop reasons. */
  readonly byReason?: true
  /** What a new channel is set to. */
  readonly usual: boolean
}

/**
 * What people may be told about. An event belongs to the first class here that fits it, and to none but that one.
 * A new kind of event is told of by adding it here: the leader asks the database by this table.
 */
export const noticeClasses = {
  'approval.requested': {
    label: 'An approval is asked for',
    kinds: ['approval.requested'],
    usual: true,
  },
  'approval.changed': {
    label: 'Others are asked for an approval, or it was given more time',
    kinds: ['approval.changed'],
    usual: true,
  },
  'approval.decided': {
    label: 'An approval was decided',
    kinds: ['approval.decided'],
    usual: false,
  },
  'approval.overdue': {
    label: 'An approval is past its deadline, and still open',
    kinds: ['approval.overdue'],
    usual: true,
  },
  'approval.lacking': {
    label: 'Too few people are left who could say yes to an approval',
    kinds: ['approval.lacking'],
    usual: true,
  },
  'approval.expired': { label: 'An approval expired', kinds: ['approval.expired'], usual: true },
  'outcome.unknown': {
    label: 'Nobody knows whether an action landed',
    kinds: ['action.unknown', 'run.paused', 'hold.opened'],
    holds: ['outcome'],
    usual: true,
  },
  'worker.lost': { label: 'A worker was lost', kinds: ['run.lost'], usual: true },
  detection: {
    label: 'A rule found something',
    kinds: ['run.paused', 'hold.opened'],
    holds: ['detection', 'breaker'],
    usual: true,
  },
  'check-in.due': {
    label: 'A check-in is due',
    kinds: ['run.paused', 'hold.opened'],
    holds: ['check_in'],
    usual: true,
  },
  // Told once for the agent, not again for each of its runs.
  'agent.isolated': { label: 'An agent was isolated', kinds: [], usual: true },
  'loop.missed': { label: 'A loop is overdue', kinds: [], usual: true },
  'run.failed': { label: 'A run failed', kinds: ['run.failed'], usual: true },
  'run.stopped': {
    label: 'A run was stopped',
    kinds: ['run.paused', 'run.killed'],
    byReason: true,
    usual: true,
  },
} as const satisfies Record<string, ClassFacts>

export type NoticeClass = keyof typeof noticeClasses

export const noticeClassNames = Object.keys(noticeClasses) as readonly NoticeClass[]

/** As the database reads the table: kinds of events, and the holds that events which carry one must have opened. */
export const noticeRules: readonly {
  readonly class: NoticeClass
  readonly kinds: readonly EventKind[]
  readonly holds: readonly string[] | null
  readonly byReason: boolean
}[] = noticeClassNames.map((name) => {
  const facts: ClassFacts = noticeClasses[name]
  return {
    class: name,
    kinds: facts.kinds,
    holds: facts.holds ?? null,
    byReason: facts.byReason === true,
  }
})

/** Why a run may be stopped that no other class tells of. */
export const toldStopReasons: readonly StopReason[] = [
  'BUDGET_EXCEEDED',
  'RETRY_LIMIT_REACHED',
  'TIMEOUT',
  'STALLED',
  'RESTORED',
  'AWAITING_APPROVAL',
  'USER_PAUSED',
  'USER_KILLED',
]

/** Of runs that stopped, those that a new channel is told of. What a person did is known to people already. */
export const usualStopReasons: readonly StopReason[] = [
  'BUDGET_EXCEEDED',
  'RETRY_LIMIT_REACHED',
  'TIMEOUT',
  'STALLED',
  'RESTORED',
]

export const channelKinds = ['webhook', 'slack', 'email'] as const
export type ChannelKind = (typeof channelKinds)[number]

export const risks = ['low', 'medium', 'high'] as const
export type Risk = (typeof risks)[number]

/** What a channel wants to be told. */
export interface ChannelWants {
  readonly classes: readonly NoticeClass[]
  /** For `run.stopped`: why. */
  readonly reasons: readonly StopReason[]
  /** Empty: of every agent. */
  readonly agents: readonly string[]
  /** Of approvals: only from this risk on, and those that declare none. Null: all. */
  readonly minimumRisk: Risk | null
}

/** Where people are told, and how that went lately. Its secrets are never part of it. */
export interface Channel extends ChannelWants {
  readonly id: string
  readonly name: string
  readonly kind: ChannelKind
  /** The origin of a URL, whose rest may be a secret; recipients of mail. */
  readonly address: string
  readonly enabled: boolean
  readonly madeBy: string
  readonly madeAt: Instant
  readonly pending: number
  readonly failed: number
  readonly lastSentAt: Instant | null
  readonly lastFailedAt: Instant | null
  /** Of the latest attempt that failed. */
  readonly lastError: string | null
}

/** A message that was given up, or one that is tried again. */
export interface Undelivered {
  readonly id: string
  readonly channelId: string
  readonly class: NoticeClass | 'test'
  readonly runId: string | null
  readonly agentId: string | null
  readonly eventAt: Instant
  readonly state: 'pending' | 'sending' | 'failed'
  readonly attempts: number
  readonly nextAttemptAt: Instant
  readonly lastError: string | null
}

/** Channels that gave messages up: for people who may not see the channels, their names. */
export interface TellingTrouble {
  readonly channels: readonly { readonly name: string; readonly failed: number }[]
}

export interface Channels {
  readonly channels: readonly Channel[]
  /** True where the environment names a mail server, so that a channel needs none of its own. */
  readonly hasMailServer: boolean
}
