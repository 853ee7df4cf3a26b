import { setTimeout as sleep } from 'node:timers/promises'

import { DatabaseError } from 'pg'

const RACES = new Set([
  '42710', // duplicate_object
  '42P06', // duplicate_schema
  '42P07', // duplicate_table
  '40001', // serialization_failure
  '40P01', // deadlock_detected
])

/**
 * Roles belong to the whole cluster, where no lease of one database can order the writers. So each
 * step looks first, acts second, and is tried again when another process acted in between.
 */
export async function retryOnRace<T>(step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step()
    } catch (error) {
      if (attempt === 50 || !isRace(error)) throw error
      await sleep(5 + Math.random() * 20 * Math.min(attempt, 10))
    }
  }
}

function isRace(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false
  // A catalog's unique index: someone else made the same role or schema just now.
  if (error.code === '23505') return error.schema === 'pg_catalog'
  return RACES.has(error.code ?? '') || error.message.startsWith('tuple concurrently')
}
