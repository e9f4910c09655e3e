/**
 * The first range as the recordings have it: --cluster-cidr 10.244.0.0/16, --node-cidr-mask-size 24. Abridged: when its 256
 * subnets are given out it goes on with 10.245.0.0/16 and so on, as if the cluster's range were that large.
 */
const FIRST_OCTET = 10
const SECOND_OCTET = 244
const SUBNETS = (256 - SECOND_OCTET) * 256

/**
 * Subnets for nodes, given out in turn: one that is given back is used again only after all others.
 * Source: pkg/controller/nodeipam/ipam/cidrset/cidr_set.go, AllocateNext (v1.36).
 */
export class SubnetPool {
  private readonly taken = new Set<number>()
  private next = 0

  /** Undefined when none is left. */
  allocate(): string | undefined {
    if (this.taken.size === SUBNETS) return undefined
    while (this.taken.has(this.next)) this.next = (this.next + 1) % SUBNETS
    const subnet = this.next
    this.taken.add(subnet)
    this.next = (subnet + 1) % SUBNETS
    return textOf(subnet)
  }

  /** Whether it is one of these subnets. */
  occupy(cidr: string): boolean {
    const subnet = subnetOf(cidr)
    if (subnet !== undefined) this.taken.add(subnet)
    return subnet !== undefined
  }

  release(cidr: string): void {
    const subnet = subnetOf(cidr)
    if (subnet !== undefined) this.taken.delete(subnet)
  }
}

const textOf = (subnet: number): string =>
  `${FIRST_OCTET}.${SECOND_OCTET + Math.floor(subnet / 256)}.${subnet % 256}.0/24`

const subnetOf = (cidr: string): number | undefined => {
  const match = /^10\.(\d+)\.(\d+)\.0\/24$/.exec(cidr)
  if (match === null) return undefined
  const subnet = (Number(match[1]) - SECOND_OCTET) * 256 + Number(match[2])
  return subnet >= 0 && subnet < SUBNETS ? subnet : undefined
}
