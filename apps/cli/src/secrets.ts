import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

import { CliFailure } from './failure.ts'
import { readPrivateJson, writePrivate } from './private-file.ts'
import { filled } from './settings.ts'

/** What must be the same after a restart, so that sessions, scripts and connection strings go on working. */
export interface Secrets {
  readonly apiToken: string
  /** Seals secrets that the database keeps. */
  readonly sealKey: string
  /** The password of a database login; made on first use. */
  passwordOf(login: string): string
}

interface Kept {
  apiToken: string
  sealKey: string
  passwords: Record<string, string>
}

/**
 * Opens `secrets.json` of a data folder, making it on first use. `HOLDPOINT_API_TOKEN` and `HOLDPOINT_SEAL_KEY`
 * win over it: replicas must share them.
 */
export function openSecrets(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Secrets {
  const path = join(dataDir, 'secrets.json')
  const kept = read(path)
  return {
    apiToken: filled(env['HOLDPOINT_API_TOKEN']) ?? kept.apiToken,
    sealKey: filled(env['HOLDPOINT_SEAL_KEY']) ?? kept.sealKey,
    passwordOf(login) {
      const known = kept.passwords[login]
      if (known !== undefined) return known
      const made = secret()
      kept.passwords[login] = made
      write(path, kept)
      return made
    },
  }
}

/** 32 random bytes that need no escaping in a URL or a header. */
const secret = (): string => randomBytes(32).toString('base64url')

function read(path: string): Kept {
  const found = readPrivateJson(path)
  if (isKept(found)) {
    if (typeof found.sealKey === 'string') return { ...found, sealKey: found.sealKey }
    // Made before there was anything to seal.
    const kept = { ...found, sealKey: secret() }
    write(path, kept)
    return kept
  }
  if (found !== undefined)
    throw new CliFailure(
      1,
      `${path} is damaged. Nothing was started: restore it from a backup, or move it away to get new passwords.`,
    )
  const fresh: Kept = { apiToken: secret(), sealKey: secret(), passwords: {} }
  write(path, fresh)
  return fresh
}

function write(path: string, kept: Kept): void {
  writePrivate(path, `${JSON.stringify(kept, null, 2)}\n`)
}

function isKept(value: unknown): value is Omit<Kept, 'sealKey'> & { sealKey?: unknown } {
  if (typeof value !== 'object' || value === null) return false
  const { apiToken, passwords } = value as Partial<Kept>
  if (typeof apiToken !== 'string') return false
  return typeof passwords === 'object' && passwords !== null
}
