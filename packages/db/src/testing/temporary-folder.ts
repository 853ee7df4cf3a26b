import { chmodSync, existsSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const PREFIX = 'holdpoint-test-'

const MEMORY_DISK = '/dev/shm'
const ENOUGH_BYTES = 2 * 1024 ** 3

/**
 * Where test clusters lie: in memory where there is room, since a database is 400 small files and a
 * busy disk takes 20 times longer to make them.
 */
export function temporaryRoots(): string[] {
  return hasMemoryDisk() ? [MEMORY_DISK, tmpdir()] : [tmpdir()]
}

/** A new folder that an unprivileged Postgres can reach, also when we are root. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(temporaryRoots()[0] ?? tmpdir(), PREFIX))
  if (process.getuid?.() === 0) chmodSync(folder, 0o711)
  return folder
}

function hasMemoryDisk(): boolean {
  if (process.platform !== 'linux' || !existsSync(MEMORY_DISK)) return false
  const { bavail, bsize } = statfsSync(MEMORY_DISK)
  if (bavail * bsize < ENOUGH_BYTES) return false
  // Containers often forbid to run programs there, which a copy of the server's binaries needs.
  const mount = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find((fields) => fields[1] === MEMORY_DISK)
  return mount?.[3] !== undefined && !mount[3].split(',').includes('noexec')
}
