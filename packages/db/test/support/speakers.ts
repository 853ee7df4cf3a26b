import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

import { Client, DatabaseError } from 'pg'

/** Sends SQL as its author wrote it, on a connection of its own. @returns the rows, columns joined by `|` */
export type Speaker = (url: string, sql: string) => Promise<string[]>

/** What the database answered instead, as psql prints it: `HP001: run … is held …`. */
class Refused extends Error {
  override name = 'Refused'
}

const run = promisify(execFile)

const throughPsql: Speaker = async (url, sql) => {
  const flags = ['-X', '-q', '-A', '-t', '-v', 'VERBOSITY=verbose', '-v', 'ON_ERROR_STOP=1']
  try {
    const { stdout } = await run('psql', [...flags, url, '-c', sql], { encoding: 'utf8' })
    return stdout.split('\n').filter((line) => line !== '')
  } catch (error) {
    const stderr =
      error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
    throw new Refused(/ERROR:\s+(.*)/.exec(stderr)?.[1] ?? stderr)
  }
}

const throughClient: Speaker = async (url, sql) => {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const answers = [await client.query({ text: sql, rowMode: 'array' })].flat()
    const rows = answers.at(-1)?.rows as (string | null)[][] | undefined
    return (rows ?? []).map((row) => row.map((value) => value ?? '').join('|'))
  } catch (error) {
    if (error instanceof DatabaseError) throw new Refused(`${error.code ?? ''}: ${error.message}`)
    throw error
  } finally {
    await client.end()
  }
}

const hasPsql = spawnSync('psql', ['--version']).status === 0

export const speakers: readonly (readonly [string, Speaker])[] = [
  ['any client', throughClient],
  ...(hasPsql ? [['psql', throughPsql] as const] : []),
]
