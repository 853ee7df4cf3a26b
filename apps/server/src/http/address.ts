import { BlockList, isIP } from 'node:net'

import type { Context } from 'hono'

import type { AccessEnv } from './access.ts'

export type AddressOf = (c: Context<AccessEnv>) => string | null

/**
 * Where a request came from: what is throttled, and what the log keeps of a sign-in. The word of a proxy is taken from
 * those that are named, addresses or networks like 10.0.0.0/8, and of nobody else: whoever asks can write the header.
 */
export function addressOf(trustedProxies: readonly string[]): AddressOf {
  const trusted = listOf(trustedProxies)
  return (c) => {
    let address = plain(c.env.incoming.socket.remoteAddress)
    const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map(plain)
    // From the nearest one on, as far as each was named by one that is trusted.
    while (address !== null && isTrusted(trusted, address)) {
      const before = hops.pop()
      if (before === undefined || before === null) break
      address = before
    }
    return address
  }
}

function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/')
    const family = familyOf(address)
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')
const isTrusted = (list: BlockList, address: string) => list.check(address, familyOf(address))

/** Without a port, and an IPv4 address as one; null where it is no address. */
function plain(text: string | undefined): string | null {
  const bare = (text ?? '')
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/^::ffff:(?=[\d.]+$)/i, '')
  return isIP(bare) === 0 ? null : bare
}
