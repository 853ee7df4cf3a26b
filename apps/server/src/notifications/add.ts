import { randomUUID } from 'node:crypto'

import { z } from 'zod'

import { problem } from '../database/problem.ts'
import { verb } from '../trpc/procedure.ts'
import { channelName, hookUrl, mailServer, recipients, signingSecret, wants } from './input.ts'
import { type ChannelSecrets, makeSigningSecret, sealSecrets } from './secrets.ts'

const input = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('webhook'),
    name: channelName,
    wants,
    url: hookUrl,
    secret: signingSecret.optional(),
  }),
  z.object({ kind: z.literal('slack'), name: channelName, wants, url: hookUrl }),
  z.object({
    kind: z.literal('email'),
    name: channelName,
    wants,
    to: recipients,
    server: mailServer.nullish(),
  }),
])

export interface Added {
  readonly id: string
  /** Signs what is sent to a webhook. It is told this once. */
  readonly secret: string | null
}

/** A new way to tell people. */
export const add = verb('administer')
  .input(input)
  .mutation(async ({ ctx, input: asked }): Promise<Added> => {
    const secrets = secretsOf(asked)
    if (secrets.kind === 'email' && secrets.smtpUrl === null && !ctx.outbound.hasMailServer) {
      throw problem(
        'BAD_REQUEST',
        'No mail server is known; nothing was done.',
        'Give one with the channel, or set HOLDPOINT_SMTP_URL and HOLDPOINT_MAIL_FROM and start again.',
      )
    }
    const id = randomUUID()
    await ctx.database.verb('select save_channel($1, $2, $3, $4)', [
      id,
      JSON.stringify({
        name: asked.name,
        kind: asked.kind,
        address: asked.kind === 'email' ? asked.to.join(', ') : new URL(asked.url).origin,
        enabled: true,
        ...asked.wants,
      }),
      sealSecrets(ctx.outbound.seal, id, secrets),
      ctx.caller.actor,
    ])
    return { id, secret: secrets.kind === 'webhook' ? secrets.secret : null }
  })

function secretsOf(asked: z.output<typeof input>): ChannelSecrets {
  switch (asked.kind) {
    case 'webhook':
      return { kind: 'webhook', url: asked.url, secret: asked.secret ?? makeSigningSecret() }
    case 'slack':
      return { kind: 'slack', url: asked.url }
    case 'email':
      return {
        kind: 'email',
        smtpUrl: asked.server?.url ?? null,
        from: asked.server?.from ?? null,
      }
  }
}
