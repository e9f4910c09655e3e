import type { ApiObject, OwnerReference } from '../../../events/json.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'

/** What the collector knows of one object. */
export interface GraphNode {
  readonly uid: string
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly name: string
  readonly owners: readonly OwnerReference[]
  readonly deleting: boolean
  readonly finalizers: readonly string[]
  readonly dependents: Set<string>
}

/**
 * Who owns whom, by uid, as far as this controller's view has shown it.
 * Source: pkg/controller/garbagecollector/graph_builder.go, processGraphChanges (v1.36).
 */
export class OwnershipGraph {
  private readonly nodes = new Map<string, GraphNode>()
  /** Dependents that were seen before their owner. */
  private readonly orphansOf = new Map<string, Set<string>>()

  get(uid: string): GraphNode | undefined {
    return this.nodes.get(uid)
  }

  /** Takes in a new version; gives what was known before. */
  put(kind: Kind, object: ApiObject): GraphNode | undefined {
    const { uid, namespace, name, ownerReferences = [], finalizers = [], deletionTimestamp } = object.metadata
    const before = this.nodes.get(uid)
    const dependents = before?.dependents ?? this.orphansOf.get(uid) ?? new Set<string>()
    this.orphansOf.delete(uid)
    // The same owners in a new array are the same owners: the identity then says that nothing changed.
    const owners = before !== undefined && sameOwners(before.owners, ownerReferences) ? before.owners : ownerReferences
    const node = {
      uid,
      kind,
      namespace,
      name,
      owners,
      deleting: deletionTimestamp !== undefined,
      finalizers,
      dependents,
    }
    this.nodes.set(uid, node)
    if (before?.owners !== owners) {
      for (const owner of before?.owners ?? []) this.dependentsOf(owner.uid)?.delete(uid)
      for (const owner of owners) this.addDependent(owner.uid, uid)
    }
    return before
  }

  /** An object is gone; gives what was known of it. */
  remove(uid: string): GraphNode | undefined {
    const node = this.nodes.get(uid)
    if (node === undefined) return undefined
    this.nodes.delete(uid)
    for (const owner of node.owners) this.dependentsOf(owner.uid)?.delete(uid)
    if (node.dependents.size > 0) this.orphansOf.set(uid, node.dependents)
    return node
  }

  dependents(uid: string): readonly GraphNode[] {
    return [...(this.dependentsOf(uid) ?? [])].map((one) => this.nodes.get(one)).filter((one) => one !== undefined)
  }

  private dependentsOf(uid: string): Set<string> | undefined {
    return this.nodes.get(uid)?.dependents ?? this.orphansOf.get(uid)
  }

  private addDependent(owner: string, dependent: string): void {
    const known = this.dependentsOf(owner)
    if (known === undefined) this.orphansOf.set(owner, new Set([dependent]))
    else known.add(dependent)
  }
}

const sameOwners = (a: readonly OwnerReference[], b: readonly OwnerReference[]): boolean =>
  a.length === b.length &&
  a.every((owner, index) => owner.uid === b[index]?.uid && owner.blockOwnerDeletion === b[index]?.blockOwnerDeletion)
