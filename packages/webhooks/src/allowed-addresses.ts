import { BlockList, isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Whether it names a network, as `10.1.0.0/16` or `fd00::/8`, or one address. */
export function isNetwork(text: string): boolean {
  return networkOf(text) !== undefined
}

/** Networks inside that receivers may stand in, although nothing is sent there otherwise. */
export class AllowedAddresses {
  readonly #list = new BlockList()

  /** @throws TypeError unless each {@link isNetwork} */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const network = networkOf(text)
      if (network === undefined)
        throw new TypeError(`webhookSender: allow: "${text}" is no network, such as 10.1.0.0/16 or fd00::/8`)
      this.#list.addSubnet(network.address, network.length, network.family)
    }
  }

  has(address: string): boolean {
    const family = familyOf(address)
    return family !== undefined && this.#list.check(address, family)
  }
}

function networkOf(text: string) {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = familyOf(address)
  if (family === undefined) return undefined
  const longest = family === 'ipv4' ? 32 : 128
  const length = prefix === undefined ? longest : Number(prefix)
  return length <= longest ? { address, length, family } : undefined
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}

/** The address that the host of a URL is, without brackets; undefined: it is a name. */
export function addressIn(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(bare) === 0 ? undefined : bare
}

/** Whether everybody can reach the address: not one of a network inside, of this machine, or of no host at all. */
export function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast'
}
