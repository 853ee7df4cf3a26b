import { once } from 'node:events'
import { createServer } from 'node:net'

/** Systems give none of these to connections that go out: nobody has it by chance before it is listened on. */
const [lowest, many] = [15_000, 15_000] as const

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return false
  }
  probe.close()
  await once(probe, 'close')
  return true
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * many)
    if (await isFree(port)) return port
  }
}
