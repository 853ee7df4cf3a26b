import type { Seal } from '../../database/seal.ts'
import { openSecrets } from '../secrets.ts'
import { type MailServer, sendEmail } from './email.ts'
import { DeliveryFailure } from './failure.ts'
import type { Message } from './message.ts'
import { sendSlack } from './slack.ts'
import { sendWebhook } from './webhook.ts'

export interface Target {
  readonly channelId: string
  readonly address: string
  readonly sealed: Buffer | null
}

export interface Means {
  readonly seal: Seal
  /** Of the environment; a channel may have its own. */
  readonly mail: MailServer | undefined
}

/** Sends one message to one channel. @throws DeliveryFailure */
export async function deliver(
  { seal, mail }: Means,
  target: Target,
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  const secrets = openSecrets(seal, target.channelId, target.sealed)
  if (secrets === undefined) {
    throw new DeliveryFailure(
      'its secrets were sealed with another key: enter them again (HOLDPOINT_SEAL_KEY)',
      { final: true },
    )
  }
  switch (secrets.kind) {
    case 'webhook':
      return sendWebhook(secrets, message, signal)
    case 'slack':
      return sendSlack(secrets, message, signal)
    case 'email': {
      const smtpUrl = secrets.smtpUrl ?? mail?.smtpUrl
      const from = secrets.from ?? mail?.from
      if (smtpUrl === undefined || from === undefined)
        throw new DeliveryFailure(
          'no mail server is set: HOLDPOINT_SMTP_URL and HOLDPOINT_MAIL_FROM',
        )
      return sendEmail(
        { server: { smtpUrl, from }, to: target.address.split(', ') },
        message,
        signal,
      )
    }
  }
}
