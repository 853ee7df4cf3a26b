import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'

const ITERATIONS = 4096

/** A password for a new login: 32 random bytes that need no escaping in a connection string. */
export function randomPassword(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * The SCRAM-SHA-256 verifier that Postgres stores for a password (RFC 5803). Sent in place of the
 * password, so that no clear password can end up in a server log or in pg_stat_statements.
 * The password must be ASCII: SASLprep is then the identity.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  const storedKey = createHash('sha256').update(clientKey).digest('base64')
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}
