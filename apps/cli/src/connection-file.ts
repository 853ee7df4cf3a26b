import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { CliFailure } from './failure.ts'
import { readPrivateJson, writePrivate } from './private-file.ts'

/** How to reach a running Holdpoint: `connection.json` in the data folder, there only while it runs. */
export interface Connection {
  /** The process of `holdpoint start`. */
  readonly pid: number
  readonly consoleUrl: string
  /** Where this machine reaches it, when people reach it elsewhere (HOLDPOINT_PUBLIC_URL). */
  readonly localUrl?: string
  /** Signs one person in. */
  readonly signInUrl: string
  /** The trial login: any agent may write with it. */
  readonly agentUrl: string
  /** For the HTTP API, as `Authorization: Bearer`. */
  readonly apiToken: string
  /** The embedded database alone: acts as the owner of the tables, with unqualified names. */
  readonly ownerUrl?: string
}

const texts = ['consoleUrl', 'signInUrl', 'agentUrl', 'apiToken'] as const

export const connectionPath = (dataDir: string): string => join(dataDir, 'connection.json')

export function writeConnection(dataDir: string, connection: Connection): void {
  writePrivate(connectionPath(dataDir), `${JSON.stringify(connection, null, 2)}\n`)
}

export function removeConnection(dataDir: string): void {
  rmSync(connectionPath(dataDir), { force: true })
}

/** @returns undefined when nothing runs on this folder. @throws CliFailure when the file is damaged */
export function readConnection(dataDir: string): Connection | undefined {
  const path = connectionPath(dataDir)
  const found = readPrivateJson(path)
  if (found === undefined) return undefined
  if (isConnection(found)) return found
  throw new CliFailure(1, `${path} is damaged. Nothing was done: start Holdpoint again.`)
}

function isConnection(value: unknown): value is Connection {
  if (typeof value !== 'object' || value === null) return false
  const fields = value as Record<string, unknown>
  return (
    texts.every((name) => typeof fields[name] === 'string') && typeof fields['pid'] === 'number'
  )
}
