import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

import { DeliveryFailure } from './failure.ts'

// Where clouds keep the credentials of a machine, and what only the next machine on the cable answers. Private
// addresses are allowed: those who host this themselves have their receivers there.
const never = new BlockList()
never.addSubnet('169.254.0.0', 16, 'ipv4')
never.addAddress('100.100.100.200', 'ipv4')
never.addAddress('192.0.0.192', 'ipv4')
never.addAddress('168.63.129.16', 'ipv4')
never.addSubnet('224.0.0.0', 4, 'ipv4')
never.addAddress('255.255.255.255', 'ipv4')
never.addSubnet('fe80::', 10, 'ipv6')
never.addAddress('fd00:ec2::254', 'ipv6')
never.addAddress('fd20:ce::254', 'ipv6')
never.addSubnet('ff00::', 8, 'ipv6')
// The same, spoken of in IPv6: by NAT64 and 6to4.
never.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
never.addSubnet('2002:a9fe::', 32, 'ipv6')

export const isForbidden = (address: string): boolean => {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const family = isIP(bare)
  return family !== 0 && never.check(bare, family === 6 ? 'ipv6' : 'ipv4')
}

const refusal = (): DeliveryFailure =>
  new DeliveryFailure('the address is link-local or a metadata service, where nothing is sent', {
    final: true,
  })

/** @throws DeliveryFailure for an address that is written out; names are checked by `lookupAllowed` */
export function refuseForbidden(host: string): void {
  if (isForbidden(host)) throw refusal()
}

/** Looks a name up and refuses what it may not lead to: checked here, the address that is used is the one that was seen. */
export const lookupAllowed: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, [])
    if (addresses.some(({ address }) => isForbidden(address))) return done(refusal(), [])
    const [first] = addresses
    if (options.all === true || first === undefined) return done(null, addresses)
    done(null, first.address, first.family)
  })
}
