import type { Step } from '@holdpoint/sdk'

import { http } from './http.ts'

export interface Mail {
  readonly box: string
  readonly to: string
  readonly text: string
  /** What makes it this letter: handed in twice with the same key it is delivered once. */
  readonly key: string
  readonly answered?: () => Promise<void>
}

/** A letter to a customer. It cannot be taken back, but the mail sink knows its key: trying again is safe. */
export const sendMail = async (
  step: Step,
  { box, to, text, key, answered }: Mail,
): Promise<object> =>
  http(step, 'mail.send', {
    method: 'POST',
    path: `/mail/${box}`,
    target: to,
    body: { to, text },
    key,
    reversible: false,
    idempotent: true,
    ...(answered && { answered }),
  })
