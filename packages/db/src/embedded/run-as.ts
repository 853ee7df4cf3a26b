import { execFileSync, spawnSync } from 'node:child_process'

/** An operating system user, by number. */
export interface RunAs {
  uid: number
  gid: number
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** The unprivileged user that root starts Postgres as; never `postgres`, which may own another server. */
export function nobody(): RunAs {
  return { uid: idOf('-u'), gid: idOf('-g') }
}

function idOf(flag: '-u' | '-g'): number {
  try {
    const id = Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }).trim())
    return Number.isInteger(id) && id > 0 ? id : 65534
  } catch {
    return 65534
  }
}

/** Whether this user can pass through every folder down to `path`; asked by trying. */
export function canTraverse(path: string, user: RunAs): boolean {
  const result = spawnSync('ls', ['-d', '--', `${path}/.`], { ...user, cwd: '/', stdio: 'ignore' })
  return result.status === 0
}
