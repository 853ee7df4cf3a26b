import { freePort } from '@holdpoint/db/testing/free-port'

/** Ports that nobody listens on now, all different. They stay the same over restarts of a stack. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}
