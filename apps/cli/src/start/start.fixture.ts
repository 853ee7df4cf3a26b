import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { isAlive } from '@holdpoint/db/embedded'
import { Client } from 'pg'

import { type Connection, connectionPath, readConnection } from '../connection-file.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const POLL_MS = 50
const PATIENCE_MS = 240_000

/** A `holdpoint start` in a process of its own. */
export interface Started {
  readonly child: ChildProcess
  readonly connection: Connection
  /** Everything it printed so far. */
  printed(): string
  /** Sends a signal and waits for the end. @returns the exit code */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** Starts and waits until it is live; when it ends before, the error says what it printed. */
export async function start(
  dataDir: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Started> {
  const child = spawn(process.execPath, [main, 'start', '--empty', '--data', dataDir, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
  }
  await until(() => {
    if (child.exitCode !== null) throw new Error(`start ended with ${child.exitCode}:\n${printed}`)
    return existsSync(connectionPath(dataDir)) && readConnection(dataDir)?.pid === child.pid
  })
  const connection = readConnection(dataDir)
  if (connection === undefined) throw new Error(`no connection.json:\n${printed}`)
  return {
    child,
    connection,
    printed: () => printed,
    async end(signal) {
      const gone = once(child, 'exit')
      child.kill(signal)
      const [code] = (await gone) as [number | null]
      return code
    },
  }
}

/** Waits for a condition, however long a slow machine takes within reason. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await sleep(POLL_MS)
  }
}

/** The embedded server's process id; undefined when none is alive. */
export function postmasterOf(dataDir: string): number | undefined {
  const file = join(dataDir, 'postgres/data/postmaster.pid')
  if (!existsSync(file)) return undefined
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  return isAlive(pid) ? pid : undefined
}

export async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql)).rows as Row[]
  } finally {
    await client.end()
  }
}
