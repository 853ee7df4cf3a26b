import { randomBytes } from 'node:crypto'

import type { Seal } from '../database/seal.ts'

/** What a channel needs and nobody is shown again. It is stored sealed. */
export type ChannelSecrets =
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string }
  | { readonly kind: 'slack'; readonly url: string }
  /** Null: the mail server of the environment. */
  | { readonly kind: 'email'; readonly smtpUrl: string | null; readonly from: string | null }

export const sealSecrets = (seal: Seal, channelId: string, secrets: ChannelSecrets): Buffer =>
  seal.close(JSON.stringify(secrets), channelId)

/** @returns undefined where the key is another one than they were sealed with */
export function openSecrets(
  seal: Seal,
  channelId: string,
  sealed: Buffer | null,
): ChannelSecrets | undefined {
  const text = sealed === null ? undefined : seal.open(sealed, channelId)
  return text === undefined ? undefined : (JSON.parse(text) as ChannelSecrets)
}

/** As Standard Webhooks writes it: 24 to 64 bytes in base64. */
export const makeSigningSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`
