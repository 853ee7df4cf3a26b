import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** How long a browser stays signed in, in ms. */
export const sessionMs = 30 * 24 * 3600 * 1000

/**
 * Who is signed in. A session is `token.expiry.signature`: the signature lets it outlive this process; those
 * that were signed out are remembered here, by hash, until they would have ended anyway.
 */
export class Sessions {
  readonly #secret: string
  readonly #ended = new Map<string, number>()
  readonly cookieName: string

  constructor(secret: string) {
    this.#secret = secret
    // Cookies know no ports: two servers on one machine must not sign each other out.
    this.cookieName = `holdpoint_${createHash('sha256').update(secret).digest('hex').slice(0, 8)}`
  }

  /** @returns a cookie's value */
  begin(now = Date.now()): string {
    const claim = `${randomBytes(24).toString('base64url')}.${now + sessionMs}`
    return `${claim}.${this.#sign(claim)}`
  }

  valid(cookie: string | undefined, now = Date.now()): boolean {
    const claim = this.#claim(cookie)
    return claim !== undefined && claim.expires > now && !this.#ended.has(hash(claim.token))
  }

  end(cookie: string | undefined, now = Date.now()): void {
    for (const [token, expires] of this.#ended) if (expires <= now) this.#ended.delete(token)
    const claim = this.#claim(cookie)
    if (claim !== undefined) this.#ended.set(hash(claim.token), claim.expires)
  }

  #claim(cookie: string | undefined): { token: string; expires: number } | undefined {
    const [token, expires, signature, ...rest] = cookie?.split('.') ?? []
    if (token === undefined || expires === undefined || signature === undefined) return undefined
    if (rest.length > 0 || !same(signature, this.#sign(`${token}.${expires}`))) return undefined
    return { token, expires: Number(expires) }
  }

  #sign(claim: string): string {
    return createHmac('sha256', this.#secret).update(`session ${claim}`).digest('base64url')
  }
}

export const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** Compares secrets without telling by its time how much of them agrees. */
export const same = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(hash(a)), Buffer.from(hash(b)))
