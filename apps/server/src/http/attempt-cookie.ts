import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'

import type { Seal } from '../database/seal.ts'
import type { Attempt } from '../operators/identity-provider.ts'

const minutes = 10
const row = 'sign-in at a provider'

const kept = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  until: z.number(),
})

/** What a browser carries to the provider and back. Sealed: it can be neither read nor made by whoever holds it. */
export interface AttemptCookie {
  readonly set: (c: Context, attempt: Attempt) => void
  /** Undefined where there is none, or it is too old. It is gone afterwards. */
  readonly take: (c: Context) => Attempt | undefined
}

export function attemptCookie(url: () => string, seal: Seal): AttemptCookie {
  const secure = (): boolean => url().startsWith('https:')
  const name = (): string => {
    const { port } = new URL(url())
    return secure() ? '__Host-holdpoint-attempt' : `holdpoint_attempt_${port === '' ? '80' : port}`
  }
  return {
    // Lax: the provider sends the browser back, and that comes from another site.
    set: (c, attempt) => {
      const text = JSON.stringify({ ...attempt, until: Date.now() + minutes * 60_000 })
      setCookie(c, name(), seal.close(text, row).toString('base64url'), {
        httpOnly: true,
        sameSite: 'Lax',
        secure: secure(),
        path: '/',
        maxAge: minutes * 60,
      })
    },
    take: (c) => {
      const sealed = getCookie(c, name())
      if (sealed === undefined) return undefined
      deleteCookie(c, name(), { path: '/', secure: secure() })
      const text = seal.open(Buffer.from(sealed, 'base64url'), row)
      const attempt = text === undefined ? undefined : kept.parse(JSON.parse(text))
      return attempt !== undefined && attempt.until > Date.now() ? attempt : undefined
    },
  }
}
