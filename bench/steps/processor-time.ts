import { readFileSync } from 'node:fs'

import type { Client } from 'pg'

/**
 * How much processor time a session's backend has had, in µs: what a step costs whoever else uses the machine.
 * Undefined where the system does not tell (not Linux, or a database elsewhere).
 */
export async function processorTimeOf(client: Client): Promise<(() => number) | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const file = `/proc/${rows[0]?.pid}/schedstat`
  const read = (): number => Number(readFileSync(file, 'utf8').split(' ')[0]) / 1000
  try {
    read()
    return read
  } catch {
    return undefined
  }
}
