import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

const days30 = 30 * 24 * 3600

/** The cookie that carries a session's secret. */
export interface SessionCookie {
  readonly get: (c: Context) => string | undefined
  readonly set: (c: Context, secret: string) => void
  readonly drop: (c: Context) => void
}

/**
 * Over https the name begins with `__Host-`: a browser then takes it from this host alone, for all of it, and over
 * https only. Over http the name carries the port: cookies know none, and two servers on one machine must not sign
 * each other out.
 */
export function sessionCookie(url: () => string): SessionCookie {
  const secure = (): boolean => url().startsWith('https:')
  const name = (): string => {
    const { port } = new URL(url())
    return secure() ? '__Host-holdpoint' : `holdpoint_${port === '' ? '80' : port}`
  }
  return {
    get: (c) => getCookie(c, name()),
    // Lax: a link may be opened from a terminal or from another site, and the page it leads to must know us.
    set: (c, secret) =>
      setCookie(c, name(), secret, {
        httpOnly: true,
        sameSite: 'Lax',
        secure: secure(),
        path: '/',
        maxAge: days30,
      }),
    drop: (c) => void deleteCookie(c, name(), { path: '/', secure: secure() }),
  }
}
