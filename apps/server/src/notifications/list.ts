import type { Channel, Channels, TellingTrouble, Undelivered } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query, verb } from '../trpc/procedure.ts'

const everyChannel = `
  select jsonb_build_object('id', c.channel_id, 'name', c.name, 'kind', c.kind, 'address', c.address, 'classes', c.classes,
    'reasons', c.reasons, 'agents', c.agents, 'minimumRisk', c.minimum_risk, 'enabled', c.enabled, 'madeBy', c.made_by,
    'madeAt', c.made_at,
    'pending', (select count(*) from notifications n where n.channel_id = c.channel_id and n.state in ('pending', 'sending')),
    'failed', (select count(*) from notifications n where n.channel_id = c.channel_id and n.state = 'failed'),
    'lastSentAt', (select n.sent_at from notifications n where n.channel_id = c.channel_id and n.state = 'sent'
      order by n.sent_at desc limit 1),
    'lastFailedAt', f.failed_at, 'lastError', f.last_error) as channel
  from notification_channels c left join lateral (
    select n.failed_at, n.last_error from notifications n where n.channel_id = c.channel_id and n.failed_at is not null
    order by n.failed_at desc limit 1) f on true
  order by lower(c.name)`

/** Every channel, without its secrets, and how it went lately. */
export const list = verb('administer').query(async ({ ctx }): Promise<Channels> => {
  const rows = await ctx.database.read<{ channel: Channel }>(everyChannel)
  return {
    channels: rows.map(({ channel }) => channel),
    hasMailServer: ctx.outbound.hasMailServer,
  }
})

const most = 100

const notSent = `
  select jsonb_build_object('id', n.notification_id, 'channelId', n.channel_id, 'class', n.class, 'runId', n.workflow_id,
    'agentId', n.agent_id, 'eventAt', n.event_at, 'state', n.state, 'attempts', n.attempts,
    'nextAttemptAt', n.next_attempt_at, 'lastError', n.last_error) as message
  from notifications n where n.channel_id = $1 and n.state <> 'sent' and n.attempts > 0
  order by n.state = 'failed' desc, n.event_at desc limit ${most}`

/** What a channel stumbled over: given up first, then what is tried again; the latest 100. */
export const undelivered = verb('administer')
  .input(z.object({ id: id<string>() }))
  .query(async ({ ctx, input }): Promise<readonly Undelivered[]> => {
    const rows = await ctx.database.read<{ message: Undelivered }>(notSent, [input.id])
    return rows.map(({ message }) => message)
  })

/** For everyone who looks: which channels gave messages up. People may be waiting for a word that never comes. */
export const trouble = query.query(async ({ ctx }): Promise<TellingTrouble> => {
  const channels = await ctx.database.read<{ name: string; failed: number }>(
    `select c.name, count(*)::integer as failed from notifications n
       join notification_channels c on c.channel_id = n.channel_id
     where n.state = 'failed' group by c.channel_id order by lower(c.name)`,
  )
  return { channels }
})
