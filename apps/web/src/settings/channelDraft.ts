import {
  type Channel,
  type ChannelKind,
  type ChannelWants,
  noticeClasses,
  noticeClassNames,
  usualStopReasons,
} from '@holdpoint/protocol'

/** A channel as it is being typed. */
export interface Draft {
  readonly kind: ChannelKind
  readonly name: string
  readonly url: string
  /** Mail addresses, parted by commas or lines. */
  readonly to: string
  readonly smtpUrl: string
  readonly from: string
  /** Names of agents, parted the same way. */
  readonly agents: string
  readonly enabled: boolean
  readonly wants: Omit<ChannelWants, 'agents'>
}

const nothing = { url: '', to: '', smtpUrl: '', from: '', agents: '' }

export const draftOf = (channel: Channel | null): Draft =>
  channel === null
    ? {
        ...nothing,
        kind: 'webhook',
        name: '',
        enabled: true,
        wants: {
          classes: noticeClassNames.filter((name) => noticeClasses[name].usual),
          reasons: usualStopReasons,
          minimumRisk: null,
        },
      }
    : {
        ...nothing,
        kind: channel.kind,
        name: channel.name,
        to: channel.kind === 'email' ? channel.address : '',
        agents: channel.agents.join(', '),
        enabled: channel.enabled,
        wants: {
          classes: channel.classes,
          reasons: channel.reasons,
          minimumRisk: channel.minimumRisk,
        },
      }

export const listOf = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** What is missing before it can be saved, or null. The server judges the rest. */
export function missingFrom(draft: Draft, isNew: boolean, hasMailServer: boolean): string | null {
  const { kind, name, url, to, smtpUrl, from, wants } = draft
  if (name.trim() === '') return 'Give it a name.'
  if (kind !== 'email' && isNew && url.trim() === '') return 'Say where it leads.'
  if (kind === 'email' && listOf(to).length === 0) return 'Say who gets the mail.'
  if ((smtpUrl.trim() === '') !== (from.trim() === ''))
    return 'A mail server and a sender go together.'
  if (kind === 'email' && isNew && !hasMailServer && smtpUrl.trim() === '')
    return 'Say which server sends the mail.'
  if (wants.classes.length === 0) return 'Choose at least one thing to tell.'
  if (wants.classes.includes('run.stopped') && wants.reasons.length === 0)
    return 'Say for which reasons a stop is told.'
  return null
}
