import { readFileSync } from 'node:fs'

import { dataFolder } from './data-folder.ts'
import { readPostmaster } from './postmaster-file.ts'
import { superUrl } from './readiness.ts'

/**
 * Connection string of the superuser to the server that runs on a data folder, whoever started it; undefined where
 * none does or its files cannot be read. Changes nothing.
 */
export function runningSuperUrl(dataDir: string, database: string): string | undefined {
  const folder = dataFolder(dataDir)
  try {
    const postmaster = readPostmaster(folder.cluster)
    if (postmaster === undefined || postmaster.port === 0) return undefined
    return superUrl(postmaster.port, readFileSync(folder.passwordFile, 'utf8').trim(), database)
  } catch {
    return undefined
  }
}
