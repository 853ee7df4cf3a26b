import { createHash, randomBytes } from 'node:crypto'

/** 32 random bytes that need no escaping in a URL, a cookie or a header. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** All that is kept of a secret. It is random and long, so nobody guesses it from this. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()
