import { createServer } from 'node:net'

import { isAlive } from '@holdpoint/db/embedded'

import { readConnection } from '../connection-file.ts'
import { codeOf } from '../error-words.ts'
import { CliFailure } from '../failure.ts'

/** Makes sure that the console can listen before anything is started. @throws CliFailure that names the flag */
export async function checkConsolePort(host: string, port: number, dataDir: string): Promise<void> {
  if (port === 0) return
  const code = await tryToListen(host, port)
  if (code === undefined) return
  throw consolePortFailure(code, host, port, dataDir)
}

/** Why the console cannot listen there. */
export function consolePortFailure(
  code: string,
  host: string,
  port: number,
  dataDir: string,
): CliFailure {
  if (code === 'EADDRINUSE') {
    return (
      runningFailure(dataDir, port) ??
      new CliFailure(
        1,
        `Port ${port} on ${host} is taken by another program, so the console was not started. Choose another with --port (or HOLDPOINT_PORT).`,
      )
    )
  }
  const flag = code === 'EACCES' ? '--port (or HOLDPOINT_PORT)' : '--host (or HOLDPOINT_HOST)'
  return new CliFailure(
    1,
    `The console cannot listen on ${host}:${port} (${code}), so nothing was started. Choose another with ${flag}.`,
  )
}

export const pgPortFailure = (port: number): CliFailure =>
  new CliFailure(
    1,
    `Port ${port} on 127.0.0.1 is taken by another program, so the embedded Postgres was not started. Choose another with --pg-port (or HOLDPOINT_PG_PORT), or set DATABASE_URL to use a Postgres of your own.`,
  )

/** What to say when another start holds the folder; undefined when none is known to. */
function runningFailure(dataDir: string, port?: number): CliFailure | undefined {
  const running = readConnection(dataDir)
  if (running === undefined || !isAlive(running.pid)) return undefined
  if (port !== undefined && new URL(running.localUrl ?? running.consoleUrl).port !== String(port))
    return undefined
  return inUseFailure(dataDir, running.pid)
}

export function inUseFailure(dataDir: string, pid: number): CliFailure {
  const running = readConnection(dataDir)
  const where = running?.pid === pid ? ` at ${running.consoleUrl}` : ''
  return new CliFailure(
    1,
    `Holdpoint already runs on ${dataDir}: process ${pid}${where}. Nothing was started. Stop that one (kill ${pid}), or name another folder with --data (or HOLDPOINT_DATA).`,
  )
}

async function tryToListen(host: string, port: number): Promise<string | undefined> {
  const probe = createServer()
  return new Promise((resolve) => {
    probe.once('error', (error) => resolve(codeOf(error)))
    probe.listen(port, host, () => probe.close(() => resolve(undefined)))
  })
}
