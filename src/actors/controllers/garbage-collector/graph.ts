import type { ApiObject, OwnerReference } from '../../../events/json.ts'

/** Where an object is to be found. Two references to one uid may disagree on it. */
export interface Coordinates {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string | undefined
  readonly name: string
}

/** What the collector knows of one object, or, while it is `virtual`, of what others say is their owner. */
export interface GraphNode {
  readonly uid: string
  at: Coordinates
  /** Nobody has seen it yet; it is here because dependents refer to it. */
  virtual: boolean
  owners: readonly OwnerReference[]
  readonly dependents: Set<GraphNode>
  deleting: boolean
  /** It is being deleted in the foreground: it stays until the dependents that block it are gone. */
  waiting: boolean
}

/** What an observation asks for: these nodes are to be looked at, this one's dependents are to be set free. */
export interface Consequences {
  readonly attempt: readonly GraphNode[]
  readonly orphan?: GraphNode
  /** Nodes that name an owner of another namespace. */
  readonly misplaced: readonly (readonly [GraphNode, OwnerReference])[]
}

export const FOREGROUND = 'foregroundDeletion'
export const ORPHAN = 'orphan'

/**
 * Who owns whom, by uid, as far as this controller's view has shown it.
 * Source: pkg/controller/garbagecollector/graph_builder.go, processGraphChanges (v1.36).
 */
export class OwnershipGraph {
  private readonly nodes = new Map<string, GraphNode>()

  get(uid: string): GraphNode | undefined {
    return this.nodes.get(uid)
  }

  /** Takes in an object as it was and as it is now. */
  observe(before: ApiObject | undefined, object: ApiObject): Consequences {
    const { uid, ownerReferences = NO_OWNERS, deletionTimestamp } = object.metadata
    const attempt: GraphNode[] = []
    const misplaced: [GraphNode, OwnerReference][] = []
    let node = this.nodes.get(uid)
    if (node === undefined) this.nodes.set(uid, (node = newNode(uid, coordinatesOf(object), false)))
    else if (node.virtual) this.confirm(node, coordinatesOf(object), attempt, misplaced)
    if (!sameOwners(node.owners, ownerReferences)) this.changeOwners(node, ownerReferences, attempt, misplaced)
    if (deletionTimestamp !== undefined) node.deleting = true
    if (begins(before, object, ORPHAN)) return { attempt, misplaced, orphan: node }
    if (begins(before, object, FOREGROUND)) {
      node.waiting = true
      attempt.push(...node.dependents, node)
    }
    return { attempt, misplaced }
  }

  /** An object is gone; gives it and who is to be looked at because of that. */
  remove(uid: string): { readonly node: GraphNode; readonly attempt: readonly GraphNode[] } | undefined {
    const node = this.nodes.get(uid)
    if (node === undefined) return undefined
    this.nodes.delete(uid)
    const attempt = [...node.dependents]
    for (const { uid: owner } of node.owners) {
      const known = this.nodes.get(owner)
      known?.dependents.delete(node)
      // An owner that waits for its dependents may go now.
      if (known?.waiting === true) attempt.push(known)
    }
    return { node, attempt }
  }

  /**
   * The API server says that nothing with this uid is where the node was thought to be. What was never seen goes, unless
   * some dependents say that it is elsewhere: then it is looked for there. Gives who is to be looked at, or nothing when
   * the node was seen by now, and elsewhere.
   */
  disprove(node: GraphNode, at: Coordinates): readonly GraphNode[] {
    if (this.nodes.get(node.uid) !== node) return []
    const agreeing = [...node.dependents].filter((dependent) => refersTo(dependent, node.uid, at))
    const other = [...node.dependents].find((dependent) => !refersTo(dependent, node.uid, at))
    if (!node.virtual && !sameCoordinates(node.at, at)) return agreeing
    if (!node.virtual || other === undefined) return this.remove(node.uid)?.attempt ?? []
    if (sameCoordinates(node.at, at)) node.at = alternative(node, at)
    return [...agreeing, node]
  }

  private confirm(
    node: GraphNode,
    at: Coordinates,
    attempt: GraphNode[],
    misplaced: [GraphNode, OwnerReference][],
  ): void {
    node.virtual = false
    if (sameCoordinates(node.at, at)) return
    node.at = at
    for (const dependent of node.dependents) {
      if (refersTo(dependent, node.uid, at)) continue
      attempt.push(dependent)
      if (at.namespace !== undefined && at.namespace !== dependent.at.namespace) {
        for (const owner of dependent.owners) if (owner.uid === node.uid) misplaced.push([dependent, owner])
      }
    }
  }

  private changeOwners(
    node: GraphNode,
    owners: readonly OwnerReference[],
    attempt: GraphNode[],
    misplaced: [GraphNode, OwnerReference][],
  ): void {
    const before = new Map(node.owners.map((owner) => [owner.uid, owner]))
    const after = new Map(owners.map((owner) => [owner.uid, owner]))
    for (const owner of before.values()) {
      const unblocked = owner.blockOwnerDeletion === true && after.get(owner.uid)?.blockOwnerDeletion !== true
      const known = this.nodes.get(owner.uid)
      if (known !== undefined && unblocked) attempt.push(known)
      if (!after.has(owner.uid)) known?.dependents.delete(node)
    }
    node.owners = owners
    let isDoubtful = false
    for (const owner of after.values()) {
      if (before.has(owner.uid)) continue
      const known = this.nodes.get(owner.uid)
      const ownerNode = known ?? newNode(owner.uid, { ...pointedAt(owner), namespace: node.at.namespace }, true)
      if (known === undefined) {
        this.nodes.set(owner.uid, ownerNode)
        attempt.push(ownerNode)
      } else if (!refersToOwner(owner, node.at.namespace, known.at)) {
        isDoubtful = true
        const isElsewhere = known.at.namespace !== undefined && known.at.namespace !== node.at.namespace
        if (!known.virtual && isElsewhere) misplaced.push([node, owner])
      }
      ownerNode.dependents.add(node)
    }
    if (isDoubtful) attempt.push(node)
  }
}

const NO_OWNERS: readonly OwnerReference[] = []

const newNode = (uid: string, at: Coordinates, virtual: boolean): GraphNode => ({
  uid,
  at,
  virtual,
  owners: NO_OWNERS,
  dependents: new Set(),
  deleting: false,
  waiting: false,
})

const coordinatesOf = ({ apiVersion, kind, metadata: { namespace, name } }: ApiObject): Coordinates => ({
  apiVersion,
  kind,
  namespace,
  name,
})

const pointedAt = ({ apiVersion, kind, name }: OwnerReference): Omit<Coordinates, 'namespace'> => ({
  apiVersion,
  kind,
  name,
})

const sameCoordinates = (a: Coordinates, b: Coordinates): boolean =>
  a.apiVersion === b.apiVersion && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name

/** Whether a reference from a namespace means what is there. A cluster-scoped owner may be named from anywhere. */
const refersToOwner = (owner: OwnerReference, from: string | undefined, at: Coordinates): boolean =>
  owner.apiVersion === at.apiVersion &&
  owner.kind === at.kind &&
  owner.name === at.name &&
  (at.namespace === undefined || at.namespace === from)

const refersTo = (dependent: GraphNode, uid: string, at: Coordinates): boolean =>
  dependent.owners.some((owner) => owner.uid === uid && refersToOwner(owner, dependent.at.namespace, at))

/** The next place, in order, where some dependent says that the owner is. Source: getAlternateOwnerIdentity. */
const alternative = (node: GraphNode, disproved: Coordinates): Coordinates => {
  const places = [...node.dependents].flatMap((dependent) =>
    dependent.owners
      .filter(({ uid }) => uid === node.uid)
      .map((owner) => ({ ...pointedAt(owner), namespace: dependent.at.namespace })),
  )
  const sorted = places.map((place) => [textOf(place), place] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const next = sorted.find(([text]) => text > textOf(disproved)) ?? sorted.find(([text]) => text !== textOf(disproved))
  return next?.[1] ?? disproved
}

const textOf = ({ apiVersion, kind, namespace = '', name }: Coordinates): string =>
  `${apiVersion}/${kind}/${namespace}/${name}`

/** Whether an object's deletion has just begun, with this finalizer. Source: deletionStartsWithFinalizer. */
const begins = (before: ApiObject | undefined, after: ApiObject, finalizer: string): boolean =>
  isDeletedWith(after, finalizer) && (before === undefined || !isDeletedWith(before, finalizer))

export const isDeletedWith = ({ metadata }: ApiObject, finalizer: string): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes(finalizer) ?? false)

const sameOwners = (a: readonly OwnerReference[], b: readonly OwnerReference[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((owner, index) => {
      const other = b[index]
      return (
        owner.uid === other?.uid && owner.blockOwnerDeletion === other.blockOwnerDeletion && owner.name === other.name
      )
    }))
