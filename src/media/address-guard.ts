import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { MediaLookup } from './media-lookup.ts'

/** Thrown when a host resolves to an address that is not on the public Internet. */
export class ForbiddenAddress extends Error {
  constructor(host: string) {
    super(`${host} is not a public address`)
    this.name = 'ForbiddenAddress'
  }
}

/**
 * Public by its range, and yet a service of the host that a machine of Azure runs on: settings and certificates of the machine, DNS
 * (Microsoft, "What is IP address 168.63.129.16?", 2026-11). Of all other clouds the like is link-local, private or reserved.
 */
const HOST_SERVICES: ReadonlySet<string> = new Set(['168.63.129.16'])

/**
 * Tells whether an address is public unicast. Everything else is refused: private, loopback, link-local (with the metadata
 * and container-credentials services), carrier NAT, multicast, reserved, the IPv6 forms that hide an IPv4 address, and of IPv6
 * all that IANA has not given out as global unicast (2000::/3).
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address) // unwraps ::ffff:a.b.c.d
  const [first = 0] = parsed.toByteArray()
  if (parsed.kind() === 'ipv6' && first >> 5 !== 1) return false
  return parsed.range() === 'unicast' && !HOST_SERVICES.has(parsed.toString())
}

/** Refuses a URL's host when it is written as a forbidden address; names are checked when they are looked up. */
export function checkHost(hostname: string): void {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  if (isIP(bare) !== 0 && !isPublicAddress(bare)) throw new ForbiddenAddress(hostname)
}

/**
 * A look-up that fails when any of a name's addresses is forbidden. Given to the connector itself,
 * so the checked address is the one connected to, and a name cannot change its answer in between.
 */
export function guardedLookup(find: MediaLookup): LookupFunction {
  return lookupOver(find, (hostname, addresses) => {
    if (addresses.some(({ address }) => !isPublicAddress(address))) throw new ForbiddenAddress(hostname)
  })
}

/** The same without the check, for hosts that the operator trusts. */
export function trustingLookup(find: MediaLookup): LookupFunction {
  return lookupOver(find, () => {})
}

function lookupOver(find: MediaLookup, check: (hostname: string, addresses: readonly LookupAddress[]) => void): LookupFunction {
  return (hostname, options, callback) => {
    const found = find(hostname, options).then((addresses) => {
      check(hostname, addresses)
      return addresses
    })
    found.then(
      (addresses) => {
        const [first] = addresses
        if (options.all) callback(null, [...addresses])
        else callback(null, first?.address ?? '', first?.family)
      },
      (error) => callback(error, [], undefined)
    )
  }
}
