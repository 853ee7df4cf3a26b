import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { folder } from '../settings.ts'

/** The next number of that name, from 1; it goes on after a restart. */
export function nextNumber(name: string): number {
  const file = join(folder(), `${name}.count`)
  const next = readNumber(file) + 1
  writeFileSync(file, String(next))
  return next
}

function readNumber(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 0
  } catch {
    return 0
  }
}
