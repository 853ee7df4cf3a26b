import { createHmac } from 'node:crypto'

import type { Message } from './message.ts'
import { post } from './post.ts'

/**
 * A signed webhook (https://www.standardwebhooks.com, version 1.0.0): HMAC-SHA256 over id, time and body. The id stays
 * the same when it is sent again.
 * @throws DeliveryFailure
 */
export async function sendWebhook(
  { url, secret }: { readonly url: string; readonly secret: string },
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  const id = `msg_${message.id}`
  const time = String(Math.floor(Date.now() / 1000))
  const body = JSON.stringify(bodyOf(message))
  await post({
    url,
    signal,
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': time,
      'webhook-signature': `v1,${sign(secret, `${id}.${time}.${body}`)}`,
    },
  })
}

const sign = (secret: string, text: string): string =>
  createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(text)
    .digest('base64')

function bodyOf(message: Message): unknown {
  const { about, environment, title, link, agentId, runId, approvalId } = message
  const said = (claim: boolean) =>
    Object.fromEntries(
      message.facts.filter((fact) => fact.claim === claim).map(({ label, text }) => [label, text]),
    )
  return {
    type: about,
    timestamp: message.at,
    data: {
      environment,
      title,
      link,
      agentId,
      runId,
      approvalId,
      facts: said(false),
      claimsOfAgent: said(true),
    },
  }
}
