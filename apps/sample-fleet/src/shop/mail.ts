import { type Department, ok, made } from './call.ts'
import type { Ledger } from './ledger.ts'

export interface Letter {
  readonly key: string
  readonly to: string
  readonly text: string
  readonly at: string
}

/**
 * The mail sink: a letter is delivered once for each key, however often it is handed in. Each line of the outbox is
 * one delivery, so a line too many would be a customer who got the same reply twice.
 */
export const mail =
  (outbox: Ledger<Letter>): Department =>
  async ({ parts, body, key, takes }) => {
    const [box = 'other'] = parts
    await takes(250)
    if (key === undefined) return { status: 400, body: { error: 'a letter needs its key' } }
    const before = outbox.lines(box).find((letter) => letter.key === key)
    if (before !== undefined) return ok({ delivered: before.at, again: true })
    const at = new Date().toISOString()
    outbox.add(box, { key, to: String(body['to']), text: String(body['text']), at })
    await takes(250)
    return made({ delivered: at })
  }
