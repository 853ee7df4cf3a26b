import { spawn, spawnSync } from 'node:child_process'

import { Client, DatabaseError } from 'pg'

/** True where a person's own psql can be used; elsewhere a client of ours sends the same text. */
const hasPsql = spawnSync('psql', ['--version']).status === 0

/** What the database refused, in its own words. */
class Refused extends Error {
  override readonly name = 'Refused'
}

/**
 * An agent that knows nothing of Holdpoint but a connection string: plain SQL, unqualified names, one
 * connection for each call. Returns the rows as text, without heads.
 * @throws Refused with the SQLSTATE, the message and the hint
 */
export async function sql(url: string, text: string): Promise<string[][]> {
  return hasPsql ? throughPsql(url, text) : throughClient(url, text)
}

const settings = ['ON_ERROR_STOP=1', 'VERBOSITY=verbose']

async function throughPsql(url: string, text: string): Promise<string[][]> {
  const variables = settings.flatMap((setting) => ['-v', setting])
  const args = ['-X', '-q', '-A', '-t', '-F', '\t', ...variables, '-f', '-', url]
  const psql = spawn('psql', args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  psql.stdout.setEncoding('utf8').on('data', (part: string) => (out += part))
  psql.stderr.setEncoding('utf8').on('data', (part: string) => (err += part))
  psql.stdin.end(text)
  const code = await new Promise((resolve) => psql.on('close', resolve))
  if (code !== 0) throw new Refused(err.trim())
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
}

async function throughClient(url: string, text: string): Promise<string[][]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const types = { getTypeParser: () => (value: string) => value }
    const answer: unknown = await client.query({ text, rowMode: 'array', types })
    const last = (Array.isArray(answer) ? answer.at(-1) : answer) as { rows: (string | null)[][] }
    return last.rows.map((row) => row.map((value) => value ?? ''))
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    throw new Refused(`ERROR:  ${error.code}: ${error.message}\nHINT:  ${error.hint ?? ''}`)
  } finally {
    await client.end()
  }
}

/** The refusal of a statement, or a failure when it was not refused. */
export async function refusal(url: string, text: string): Promise<string> {
  try {
    await sql(url, text)
  } catch (error) {
    if (error instanceof Refused) return error.message
    throw error
  }
  throw new Error(`this was not refused:\n${text}`)
}
