import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { MigrationMismatchError } from './errors.ts'

export interface MigrationFile {
  /** 1, 2, 3, ... without a gap. */
  version: number
  /** File name without `.sql`, for instance `0001_runs`. */
  name: string
  sql: string
  /** SHA-256 of the text, hex. */
  checksum: string
  /** Of earlier texts that failed on some databases and did the same on all others: where one was applied, so was this. */
  replaces: string[]
}

const REPLACED = /^-- Takes the place of ([0-9a-f]{64})$/gm

/**
 * Up to this one a migration carries the functions that fit its tables, so each is whole in itself. Those after it are
 * whole only with the functions of the files, and come with them in one transaction: no agent meets the one without
 * the other.
 */
export const LAST_WITH_FUNCTIONS = 78

export const MIGRATIONS_DIR = fileURLToPath(new URL('../../migrations/', import.meta.url))

/** Reads the numbered .sql files of a folder in order. @throws MigrationMismatchError on a gap or a double. */
export async function readMigrations(folder: string = MIGRATIONS_DIR): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  const files = await Promise.all(
    names.map(async (fileName) => {
      const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(fileName)?.[1])
      if (Number.isNaN(version)) {
        throw new MigrationMismatchError(`${fileName} is not named like 0001_what_it_does.sql.`)
      }
      // A checkout with other line ends is the same migration.
      const sql = (await readFile(join(folder, fileName), 'utf8')).replaceAll('\r\n', '\n')
      const checksum = createHash('sha256').update(sql).digest('hex')
      const replaces = [...sql.matchAll(REPLACED)].map((match) => match[1] ?? '')
      return { version, name: fileName.slice(0, -'.sql'.length), sql, checksum, replaces }
    }),
  )
  for (const [index, file] of files.entries()) {
    if (file.version === index + 1) continue
    throw new MigrationMismatchError(`Expected migration ${index + 1} and found ${file.name}.sql.`)
  }
  return files
}
