import type { ChannelKind } from '@holdpoint/protocol'
import { z } from 'zod'

import { problem } from '../database/problem.ts'
import { id, verb } from '../trpc/procedure.ts'
import type { Added } from './add.ts'
import { channelName, hookUrl, mailServer, recipients, wants } from './input.ts'
import { type ChannelSecrets, makeSigningSecret, sealSecrets } from './secrets.ts'

interface Known {
  readonly kind: ChannelKind
  readonly address: string
}

const input = z.object({
  id: id<string>(),
  name: channelName,
  wants,
  enabled: z.boolean(),
  /** Of a webhook; it then gets a new signing secret, since what is kept cannot be read back. */
  url: hookUrl.optional(),
  to: recipients.optional(),
  server: mailServer.optional(),
})

/** Changes what a channel is told, where it leads, and whether it is on. What is not named stays. */
export const change = verb('administer')
  .input(input)
  .mutation(async ({ ctx, input: asked }): Promise<Added> => {
    const [known] = await ctx.database.read<Known>(
      'select kind, address from notification_channels where channel_id = $1',
      [asked.id],
    )
    if (known === undefined) throw problem('NOT_FOUND', 'There is no such channel.')
    const secrets = newSecrets(known.kind, asked)
    await ctx.database.verb('select save_channel($1, $2, $3, $4)', [
      asked.id,
      JSON.stringify({
        name: asked.name,
        kind: known.kind,
        address: addressOf(known, asked),
        enabled: asked.enabled,
        ...asked.wants,
      }),
      secrets === undefined ? null : sealSecrets(ctx.outbound.seal, asked.id, secrets),
      ctx.caller.actor,
    ])
    return { id: asked.id, secret: secrets?.kind === 'webhook' ? secrets.secret : null }
  })

function addressOf(known: Known, { url, to }: z.output<typeof input>): string {
  if (known.kind === 'email') return to?.join(', ') ?? known.address
  return url === undefined ? known.address : new URL(url).origin
}

function newSecrets(
  kind: ChannelKind,
  { url, server }: z.output<typeof input>,
): ChannelSecrets | undefined {
  if (kind === 'email')
    return server === undefined ? undefined : { kind, smtpUrl: server.url, from: server.from }
  if (url === undefined) return undefined
  return kind === 'slack' ? { kind, url } : { kind, url, secret: makeSigningSecret() }
}
