import { createHash } from 'node:crypto'

import { storable } from './json.ts'
import { redactText } from './redact.ts'

interface Place {
  readonly name: string
  readonly occurrence: number
}

const KEY_LIMIT = 500

/** The default idempotency key of the n-th action of a step: its place in the run. */
export function actionKey(run: string, step: Place, nth: number): string {
  const key = `${run}/${step.name}/${step.occurrence}/${nth}`
  if (key.length <= KEY_LIMIT) return key
  return `${run}/sha256:${createHash('sha256').update(step.name).digest('hex')}/${step.occurrence}/${nth}`
}

/** A key that the agent gave, as it is stored: two that differ in a secret only stay two. */
export function givenKey(key: string): string {
  const clean = storable(redactText(key))
  return clean === key ? key : `${clean}/sha256:${createHash('sha256').update(key).digest('hex')}`
}

/**
 * A UUID (version 8, RFC 9562) that is the same for the same parts: what was asked or started before a restart is
 * found again after it.
 */
export function stableId(...parts: readonly (string | number)[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = hash.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-')
}
