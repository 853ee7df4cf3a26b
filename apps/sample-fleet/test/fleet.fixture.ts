import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { createTestDatabase, type TestDatabase } from '@holdpoint/db/testing'
import { afterAll } from 'vitest'

import { type AgentName, startFleet } from '../src/index.ts'

export interface TestFleet {
  readonly db: TestDatabase
  /** What the agents' processes and the night shift said. */
  readonly lines: readonly string[]
  /** The lines of a book of the shop, such as `outbox/queue-1`. */
  readonly book: <Line>(name: string) => Line[]
  readonly stop: () => Promise<void>
}

/** A fleet of these agents on a database of its own, where lost runs are noticed as by a server. */
export async function testFleet(
  agents: readonly AgentName[],
  { pace, nightShift }: { pace: number; nightShift: boolean },
): Promise<TestFleet> {
  const db = await createTestDatabase()
  const workDir = mkdtempSync(join(tmpdir(), 'holdpoint-fleet-'))
  const urls = Object.fromEntries(
    await Promise.all(agents.map(async (agent) => [agent, await db.addAgent(agent)] as const)),
  )
  const lines: string[] = []
  const fleet = await startFleet({
    urls,
    pace,
    workDir,
    log: (line) => lines.push(line),
    ...(nightShift && { nightShiftUrl: db.serverUrl }),
  })
  const sweeper = setInterval(() => {
    db.server.query('select sweep_lost_runs()').catch(() => undefined)
  }, 200)
  const stop = async (): Promise<void> => {
    clearInterval(sweeper)
    await fleet.stop()
  }
  afterAll(async () => {
    await stop()
    rmSync(workDir, { recursive: true, force: true })
  })
  return { db, lines, stop, book: (name) => readBook(join(workDir, 'shop', `${name}.jsonl`)) }
}

function readBook<Line>(file: string): Line[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Line)
}

/** Asks until there is an answer. */
export async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await sleep(100)
  }
}

/** The first row of what the server reads, as soon as there is one. */
export const firstRow = async <Row extends object>(
  { db }: TestFleet,
  sql: string,
  values: unknown[] = [],
): Promise<Row> => until(async () => (await db.server.query<Row>(sql, values)).rows[0])
