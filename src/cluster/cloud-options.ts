import { DEFAULT_CLOUD, type CloudShape } from '../actors/cloud/cloud.ts'
import { DEFAULT_NODE_GROUP, type NodeGroupShape } from '../actors/cloud/node-groups.ts'

/** A node group as people write it: only its name must be said. `cpu`, `memory` and `pods` are short for its capacity. */
export interface NodeGroupSpec extends Partial<NodeGroupShape> {
  readonly name: string
  readonly cpu?: string
  readonly memory?: string
  readonly pods?: number
}

/** A cloud as people write it; what is left out is usual. */
export type CloudSpec = Partial<Omit<CloudShape, 'nodeGroups'>> & { readonly nodeGroups?: readonly NodeGroupSpec[] }

/** @throws Error when a node group cannot be as it is written. */
export const resolveCloud = ({ nodeGroups = [], ...rest }: CloudSpec): CloudShape => {
  const names = new Set<string>()
  const groups = nodeGroups.map((spec) => {
    const group = resolveGroup(spec)
    const problem = names.has(group.name) ? 'there is another one of this name' : problemOf(group)
    if (problem !== undefined) throw new Error(`node group ${JSON.stringify(group.name)}: ${problem}`)
    names.add(group.name)
    return group
  })
  return { ...DEFAULT_CLOUD, ...rest, nodeGroups: groups }
}

const resolveGroup = ({ cpu, memory, pods, ...spec }: NodeGroupSpec): NodeGroupShape => {
  const capacity = {
    ...DEFAULT_NODE_GROUP.capacity,
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(pods === undefined ? {} : { pods: String(pods) }),
    ...spec.capacity,
  }
  return { ...DEFAULT_NODE_GROUP, initial: spec.min ?? DEFAULT_NODE_GROUP.min, ...spec, capacity }
}

const problemOf = ({ name, min, max, initial }: NodeGroupShape): string | undefined => {
  if (!/^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/.test(name)) return 'its name must be one that machines can have'
  // Machines that are there from the beginning are called so.
  if (name === 'node') return 'machines of the beginning are called node-1, node-2, …; call it otherwise'
  if (min < 0 || max < min) return `min ${min} and max ${max} are no range`
  return initial < min || initial > max ? `initial ${initial} is not between ${min} and ${max}` : undefined
}
