import { isIP } from 'node:net'

import { usageFailure } from './failure.ts'

/** Proxies whose X-Forwarded-For is believed: addresses or networks, by comma. @throws CliFailure with exit code 2 */
export function readTrustedProxies(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const names = (env['HOLDPOINT_TRUSTED_PROXIES'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  for (const name of names) {
    if (!isNetwork(name))
      throw usageFailure(
        `HOLDPOINT_TRUSTED_PROXIES names "${name}", which is no address. Nothing was done: it looks like 127.0.0.1, 10.0.0.0/8`,
      )
  }
  return names
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  // All of the world is nobody's proxy.
  return (
    bits === undefined || (/^[1-9]\d*$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  )
}
