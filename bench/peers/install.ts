import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const manifests = ['package.json', 'package-lock.json']
const programs = ['dbos.ts', 'restate.ts', 'restate-server.ts', 'slices.ts']

/**
 * Installs the peers' pinned packages into a cache folder apart from the workspace, and puts our small programs for
 * them beside.
 * @returns that folder
 * @throws an Error that says in a sentence why it could not be done
 */
export function installPeers(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdpoint-bench')
  const hash = createHash('sha256')
  for (const name of manifests) hash.update(readFileSync(join(here, name)))
  const folder = join(cache, `peers-${hash.digest('hex').slice(0, 12)}`)
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true })
    const unfinished = mkdtempSync(join(cache, 'installing-'))
    for (const name of manifests) cpSync(join(here, name), join(unfinished, name))
    const { status, stderr, error } = spawnSync(
      'npm',
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      { cwd: unfinished, encoding: 'utf8', shell: process.platform === 'win32' },
    )
    if (status !== 0) {
      rmSync(unfinished, { recursive: true, force: true })
      const why = (error?.message ?? stderr).trim().split('\n')[0] ?? ''
      throw new Error(`npm could not install it (${why})`)
    }
    renameSync(unfinished, folder)
  }
  for (const name of programs) cpSync(join(here, name), join(folder, name))
  return folder
}

/** The pinned version of a peer. */
export function versionOf(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  return dependencies[name] ?? 'unknown'
}
