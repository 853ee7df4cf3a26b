import { ServerTooOldError } from './errors.ts'

/** Role grants WITH SET and INHERIT, on which the separation of roles stands, came with 16. */
export const OLDEST_POSTGRES = 16

/**
 * Checks what a server answers to `show server_version_num`, for instance `160014`.
 * @returns the major version. @throws ServerTooOldError
 */
export function supportedMajor(versionNumber: string, versionText: string): number {
  const major = Math.floor(Number(versionNumber) / 10_000)
  if (Number.isInteger(major) && major >= OLDEST_POSTGRES) return major
  throw new ServerTooOldError(
    `Holdpoint needs Postgres ${OLDEST_POSTGRES} or later, and this server is ${versionText}. Nothing was changed.`,
  )
}
