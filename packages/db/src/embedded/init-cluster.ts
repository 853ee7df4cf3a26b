import { spawn } from 'node:child_process'
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Binaries, PostgresMajor } from './binaries.ts'
import type { DataFolder } from './data-folder.ts'
import { DataFolderError, StartFailedError } from './errors.ts'
import type { RunAs } from './run-as.ts'

export const SUPERUSER = 'holdpoint_super'

/** No variable of the caller reaches the server; messages stay English because they are read by code. */
export const SERVER_ENV = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' }

export interface InitOptions {
  folder: DataFolder
  binaries: Binaries
  major: PostgresMajor
  user: RunAs | undefined
  password: string
}

/**
 * Makes the database cluster unless it is there.
 * @throws DataFolderError when it was made by another major version, StartFailedError when initdb fails.
 */
export async function initCluster(options: InitOptions): Promise<void> {
  const { folder, major } = options
  const versionFile = join(folder.cluster, 'PG_VERSION')
  if (existsSync(versionFile)) {
    const found = readFileSync(versionFile, 'utf8').trim()
    if (found === String(major)) return
    throw new DataFolderError(
      `${folder.cluster} was made by Postgres ${found}, and this Holdpoint brings Postgres ${major}, ` +
        `which cannot open it. Nothing was changed. Use the Holdpoint that made it, or set HOLDPOINT_DATA to another folder.`,
    )
  }
  // initdb runs beside and is moved when whole: an interrupted first start leaves nothing half made.
  const draft = `${folder.cluster}.new`
  const passwordFile = join(folder.postgres, 'initial-password')
  rmSync(draft, { recursive: true, force: true })
  rmSync(passwordFile, { force: true })
  writeFileSync(passwordFile, `${options.password}\n`, { flag: 'wx', mode: 0o600 })
  try {
    if (options.user !== undefined) chownSync(passwordFile, options.user.uid, options.user.gid)
    await runInitdb(options, draft, passwordFile)
    renameSync(draft, folder.cluster)
  } finally {
    rmSync(passwordFile, { force: true })
    rmSync(draft, { recursive: true, force: true })
  }
}

async function runInitdb(
  options: InitOptions,
  target: string,
  passwordFile: string,
): Promise<void> {
  const locale =
    options.major >= 17 ? ['--locale-provider=builtin', '--locale=C.UTF-8'] : ['--locale=C.UTF-8']
  const child = spawn(
    options.binaries.initdb,
    [
      `--pgdata=${target}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth-local=scram-sha-256',
      '--auth-host=scram-sha-256',
      '--encoding=UTF8',
      '--data-checksums',
      ...locale,
    ],
    { ...options.user, cwd: '/', env: SERVER_ENV, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-4096)
    })
  }
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : `exit ${code ?? signal}`),
    )
  })
  if (failure === undefined) return
  throw new StartFailedError(
    `The database could not be created in ${options.folder.cluster} (initdb: ${failure}).${diskHint(output)}`,
    { logTail: output.trimEnd().split('\n').slice(-15).join('\n') },
  )
}

/** One more sentence when the log shows a full disk, since that is the commonest reason of all. */
export function diskHint(log: string): string {
  return log.includes('No space left on device')
    ? ' The disk is full: free some space and start again.'
    : ''
}
