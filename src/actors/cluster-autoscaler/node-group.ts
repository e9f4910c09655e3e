import type { EventData } from '../../events/catalogue/index.ts'
import type { Node } from '../../kubernetes/types/node.ts'

/** A node group as the cloud has told of it last. */
export type NodeGroup = NonNullable<EventData<'CloudAnswered'>['groups']>[number]

export type Instance = NodeGroup['instances'][number]

/** Which group a node belongs to. A node that nobody has given an id yet is known by its name. */
export class GroupIndex {
  readonly groups: readonly NodeGroup[]
  private readonly byId = new Map<string, NodeGroup>()
  private readonly byName = new Map<string, NodeGroup>()

  constructor(groups: readonly NodeGroup[]) {
    this.groups = groups
    for (const group of groups) {
      for (const { id, name } of group.instances) {
        this.byId.set(id, group)
        this.byName.set(name, group)
      }
    }
  }

  groupOf({ metadata, spec }: Node): NodeGroup | undefined {
    const { providerID = '' } = spec
    return providerID === '' ? this.byName.get(metadata.name) : this.byId.get(providerID)
  }

  group(name: string): NodeGroup | undefined {
    return this.groups.find((group) => group.name === name)
  }
}
