import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'

import { Client } from 'pg'
import { afterEach } from 'vitest'

import { temporaryFolder } from '../testing/index.ts'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './index.ts'

export const isRoot = process.getuid?.() === 0
const version = process.env['HOLDPOINT_TEST_PG'] === '16' ? 16 : 18
const servers: EmbeddedPostgres[] = []
const folders: string[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => server.stop()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is removed after the test. */
export function freshFolder(): string {
  const folder = temporaryFolder()
  folders.push(folder)
  return folder
}

/** A server that is stopped after the test. */
export async function start(
  dataDir: string,
  options: Partial<EmbeddedPostgresOptions> = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, port: 0, version, ...options })
  servers.push(server)
  return server
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

/** A server whose parent has been killed without a chance to stop it. @returns the server's process id. */
export async function leaveBehind(dataDir: string): Promise<number> {
  const entry = new URL('./index.ts', import.meta.url).href
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(entry)})
    const server = await startEmbeddedPostgres(${JSON.stringify({ dataDir, port: 0, version })})
    console.log(server.pid)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = (await once(child.stdout, 'data')) as [Buffer]
  await killHard(child)
  return Number(output.toString().trim())
}

async function killHard(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Listens on a port of its own choice. */
export async function listenSomewhere(): Promise<{ listener: Server; port: number }> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  return { listener, port: typeof address === 'object' && address !== null ? address.port : 0 }
}
