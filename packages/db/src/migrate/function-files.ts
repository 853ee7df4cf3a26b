import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface FunctionFile {
  /** Path below the folder without `.sql`, for instance `runs/end`. */
  name: string
  sql: string
}

/** The functions of the schema as they are to be: all of them, each in one file. */
export interface FunctionSet {
  files: FunctionFile[]
  /** SHA-256 of their names and texts, hex. */
  digest: string
}

export const FUNCTIONS_DIR = fileURLToPath(new URL('../../functions/', import.meta.url))

/** Reads every .sql file below a folder, in the order of their names. */
export async function readFunctions(folder: string = FUNCTIONS_DIR): Promise<FunctionSet> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.replaceAll('\\', '/'))
    .toSorted()
  const files = await Promise.all(
    names.map(async (name) => ({
      name: name.slice(0, -'.sql'.length),
      // A checkout with other line ends has the same functions.
      sql: (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n'),
    })),
  )
  return { files, digest: createHash('sha256').update(JSON.stringify(files)).digest('hex') }
}
