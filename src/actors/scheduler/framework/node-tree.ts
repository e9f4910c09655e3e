import type { Node } from '../../../kubernetes/types/node.ts'

const ZONE = 'topology.kubernetes.io/zone'
const REGION = 'topology.kubernetes.io/region'
const OLD_ZONE = 'failure-domain.beta.kubernetes.io/zone'
const OLD_REGION = 'failure-domain.beta.kubernetes.io/region'

/** Source: component-helpers/node/topology/helpers.go, GetZoneKey: the older labels win. */
export function zoneKey(node: Node): string {
  const labels = node.metadata.labels
  if (labels === undefined) return ''
  const zone = labels[OLD_ZONE] ?? labels[ZONE] ?? ''
  const region = labels[OLD_REGION] ?? labels[REGION] ?? ''
  return zone === '' && region === '' ? '' : `${region}:\u0000:${zone}`
}

/**
 * Node names by zone, in the order in which zones and nodes came: what spreads the search over zones.
 * Source: pkg/scheduler/backend/cache/node_tree.go (v1.36).
 */
export class NodeTree {
  private readonly zones = new Map<string, string[]>()
  size = 0

  /** The node must not be in the tree yet. */
  add(node: Node): void {
    const zone = zoneKey(node)
    const names = this.zones.get(zone)
    if (names === undefined) this.zones.set(zone, [node.metadata.name])
    else names.push(node.metadata.name)
    this.size++
  }

  /** A zone that becomes empty loses its place. */
  remove(node: Node): void {
    const zone = zoneKey(node)
    const names = this.zones.get(zone)
    const index = names?.indexOf(node.metadata.name) ?? -1
    if (names === undefined || index < 0) return
    names.splice(index, 1)
    if (names.length === 0) this.zones.delete(zone)
    this.size--
  }

  /** A node that changes its zone goes to the end of the new one. */
  update(before: Node, after: Node): void {
    if (zoneKey(before) === zoneKey(after)) return
    this.remove(before)
    this.add(after)
  }

  /** The first node of each zone, then the second of each, and so on. */
  list(): string[] {
    const names: string[] = []
    for (let index = 0; names.length < this.size; index++) {
      for (const zone of this.zones.values()) {
        const name = zone[index]
        if (name !== undefined) names.push(name)
      }
    }
    return names
  }
}
