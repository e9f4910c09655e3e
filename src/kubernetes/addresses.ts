/**
 * IPv4 addresses of nodes and Pods by arithmetic: node number `n` (from 0) has a /24 for its Pods.
 *
 * The ranges begin at 10.244.0.0, as most clusters' do, and go on at 10.128.0.0 when 10.255 is full: room for 32,768 nodes
 * beside the Services' 10.96.0.0/12.
 */

const FIRST_BLOCK = 244 - 128
/** /24 networks in one second octet. */
const NETWORKS_PER_BLOCK = 256

const blockOf = (n: number): string => {
  const second = 128 + ((FIRST_BLOCK + Math.floor(n / NETWORKS_PER_BLOCK)) & 127)
  return `10.${second}.${n % NETWORKS_PER_BLOCK}`
}

/** The Pod range of node number `n`. */
export const podCIDROf = (n: number): string => `${blockOf(n)}.0/24`

/** The node's own address. 172.18.0.1 is the gateway, so node 0 has 172.18.0.2. */
export const nodeIPOf = (n: number): string => {
  const host = n + 2
  return `172.${18 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`
}

/** The address at `offset` of a /24. */
export const addressIn = (cidr: string, offset: number): string => `${networkOf(cidr)}.${offset}`

/** First three octets of a /24 or of an address in it. */
export const networkOf = (cidrOrAddress: string): string => cidrOrAddress.slice(0, cidrOrAddress.lastIndexOf('.'))

/** Whether a text is an IPv4 address rather than a name. */
export const isAddress = (text: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(text)
