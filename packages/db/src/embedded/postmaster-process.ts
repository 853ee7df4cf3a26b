import { spawn } from 'node:child_process'
import { closeSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import type { Binaries } from './binaries.ts'
import type { DataFolder } from './data-folder.ts'
import { SERVER_ENV } from './init-cluster.ts'
import { openLog } from './log-file.ts'
import { isAlive } from './process-identity.ts'
import type { RunAs } from './run-as.ts'

const POLL_MS = 200
const FAST_STOP_MS = 30_000

/** How a server ended; code and signal are unknown (null) for one that another process had started. */
export interface ExitInfo {
  pid: number
  code: number | null
  signal: NodeJS.Signals | null
}

export interface PostmasterProcess {
  pid: number
  alive(): boolean
  exited: Promise<ExitInfo>
}

export interface SpawnOptions {
  folder: DataFolder
  binaries: Binaries
  user: RunAs | undefined
  port: number
  settings: Readonly<Record<string, string>>
}

/** Starts the server in a session of its own: a Ctrl-C meant for the parent must not reach it first. */
export function spawnPostmaster(options: SpawnOptions): PostmasterProcess {
  const { folder } = options
  clearSockets(folder.sockets)
  const settings = { ...serverSettings(folder, options.port), ...options.settings }
  const log = openLog(folder.logFile)
  try {
    const child = spawn(
      options.binaries.postgres,
      [
        '-D',
        folder.cluster,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { ...options.user, cwd: '/', env: SERVER_ENV, detached: true, stdio: ['ignore', log, log] },
    )
    const pid = child.pid ?? 0
    let ended = false
    const exited = new Promise<ExitInfo>((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        ended = true
        resolve({ pid, code, signal })
      }
      child.once('exit', end)
      child.once('error', () => end(null, null))
    })
    child.unref()
    return { pid, exited, alive: () => !ended }
  } finally {
    closeSync(log)
  }
}

/** Follows a server that an earlier process had started. */
export function followPostmaster(pid: number): PostmasterProcess {
  const exited = new Promise<ExitInfo>((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(pid)) return
      clearInterval(timer)
      resolve({ pid, code: null, signal: null })
    }, POLL_MS)
    timer.unref()
  })
  return { pid, exited, alive: () => isAlive(pid) }
}

/** Ends the server: SIGINT (sessions are ended, nothing committed is lost), and SIGQUIT if that hangs. */
export async function stopPostmaster(postmaster: PostmasterProcess): Promise<void> {
  if (!postmaster.alive()) return
  signal(postmaster, 'SIGINT')
  const patience = setTimeout(() => signal(postmaster, 'SIGQUIT'), FAST_STOP_MS)
  // Keeps the event loop awake: nothing else may be left to wait for when a process shuts down.
  const awake = setInterval(() => undefined, POLL_MS)
  try {
    await postmaster.exited
  } finally {
    clearTimeout(patience)
    clearInterval(awake)
  }
}

function signal(postmaster: PostmasterProcess, name: NodeJS.Signals): void {
  if (postmaster.alive()) process.kill(postmaster.pid, name)
}

function serverSettings(folder: DataFolder, port: number): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: socketFolders(folder.sockets),
    unix_socket_permissions: '0700',
    wal_level: 'logical',
    min_wal_size: '1GB',
    max_wal_size: '4GB',
    max_connections: '230',
    // For the server alone: however many an agent opens, there is one to hold it with.
    reserved_connections: '30',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%u@%d ',
  }
}

/** A lock left beside a socket stops the next start when its process id is in use again; only we use the folder. */
function clearSockets(sockets: string): void {
  for (const name of readdirSync(sockets)) rmSync(join(sockets, name), { force: true })
}

/** The path of a Unix socket has about 100 bytes; below a deeper folder the server does without one. */
function socketFolders(sockets: string): string {
  return Buffer.byteLength(sockets) > 85 ? '' : `"${sockets.replaceAll('"', '""')}"`
}
