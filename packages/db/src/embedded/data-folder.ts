import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

import { DataFolderError, systemErrorCode } from './errors.ts'
import { canTraverse, isRoot, nobody, type RunAs } from './run-as.ts'

/** Where everything of one embedded server lies. All paths absolute. */
export interface DataFolder {
  root: string
  /** Owned by the user that runs Postgres, 0700; holds `cluster` and `sockets`. */
  postgres: string
  cluster: string
  sockets: string
  /** Beside, not inside, the folder of the Postgres user, which therefore cannot swap it for a link. */
  logFile: string
  passwordFile: string
}

/**
 * The folder to use when HOLDPOINT_DATA is not set: /var/lib/holdpoint for root, else the XDG data
 * folder of the user.
 */
export function defaultDataDir(env: { XDG_DATA_HOME?: string | undefined } = {}): string {
  if (isRoot()) return '/var/lib/holdpoint'
  const xdg = env.XDG_DATA_HOME
  return join(
    xdg === undefined || xdg === '' ? join(homedir(), '.local', 'share') : xdg,
    'holdpoint',
  )
}

export function dataFolder(dataDir: string): DataFolder {
  const root = resolve(dataDir)
  const postgres = join(root, 'postgres')
  return {
    root,
    postgres,
    cluster: join(postgres, 'data'),
    sockets: join(postgres, 'sockets'),
    logFile: join(root, 'postgres.log'),
    passwordFile: join(root, 'superuser-password'),
  }
}

/** The user Postgres shall run as: undefined means this process's own. */
export function chooseUser(folder: DataFolder): RunAs | undefined {
  if (!isRoot()) return undefined
  const existing = [folder.cluster, folder.postgres].find((path) => existsSync(path))
  if (existing === undefined) return nobody()
  const { uid, gid } = lstatSync(existing)
  if (uid !== 0) return { uid, gid }
  throw new DataFolderError(
    `${existing} is owned by root, and Postgres refuses to run as root. ` +
      `Give it to an unprivileged user (chown -R nobody ${folder.postgres}) or set HOLDPOINT_DATA to another folder.`,
  )
}

/** Makes the folders that are missing, with owners and modes, and checks those that are there. */
export function prepareFolders(folder: DataFolder, user: RunAs | undefined): void {
  // With another user below it, the top folder must let that user pass, and no more.
  makeFolder(folder.root, user === undefined ? 0o700 : 0o711, undefined)
  makeFolder(folder.postgres, 0o700, user)
  makeFolder(folder.sockets, 0o700, user)
  if (user !== undefined && !canTraverse(folder.postgres, user)) {
    throw new DataFolderError(
      `The user that Postgres runs as (uid ${user.uid}) cannot reach ${folder.postgres}: a folder above it is closed. ` +
        `Open it for passing (chmod o+x) or set HOLDPOINT_DATA to another folder.`,
    )
  }
}

function makeFolder(path: string, mode: number, owner: RunAs | undefined): void {
  if (existsSync(path)) return
  try {
    mkdirSync(path, { recursive: true, mode })
    chmodSync(path, mode)
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
  } catch (error) {
    throw new DataFolderError(
      `The folder ${path} could not be made (${systemErrorCode(error) ?? String(error)}). ` +
        `Set HOLDPOINT_DATA to a folder that this user can write.`,
      { cause: error },
    )
  }
}

/** The superuser's password: made once, kept in a file that only this user can read. */
export function superuserPassword(folder: DataFolder): string {
  try {
    return readFileSync(folder.passwordFile, 'utf8').trim()
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') {
      throw new DataFolderError(
        `The password file ${folder.passwordFile} could not be read (${systemErrorCode(error) ?? String(error)}).`,
        { cause: error },
      )
    }
  }
  if (existsSync(join(folder.cluster, 'PG_VERSION'))) {
    throw new DataFolderError(
      `${folder.cluster} holds a database, but its password file ${folder.passwordFile} is missing. ` +
        `Restore that file from a backup; nothing was changed.`,
    )
  }
  const password = randomBytes(32).toString('base64url')
  writeFileSync(folder.passwordFile, `${password}\n`, { flag: 'wx', mode: 0o600 })
  return password
}
