/** What the tree keeps: anything that names its key. */
export interface Keyed {
  readonly key: string
}

/** Whoever bears the token of a node may change it in place; everyone else copies it first. */
type Owner = object

interface Leaf<V> {
  readonly owner: Owner
  readonly children: undefined
  readonly values: V[]
}

interface Branch<V> {
  readonly owner: Owner
  readonly children: Node<V>[]
  /** From which key on each child goes; the first is never compared. */
  readonly from: string[]
}

type Node<V> = Leaf<V> | Branch<V>

/** A tree as it was at one moment. Costs nothing until the tree moves on. */
export interface TreeImage<V> {
  readonly root: Node<V>
  readonly size: number
}

/** Most values of a leaf and children of a branch. Small enough to copy, large enough to keep 300,000 keys four levels deep. */
const WIDTH = 64

/**
 * Keys in order, with images for free: a B+ tree whose nodes are copied when they are first changed after an image.
 *
 * An image is what a Raft snapshot needs: the whole state, taken in no time, while the state goes on changing. A copy of
 * a Map of 300,000 keys every 10,000 entries would cost more than the writes themselves.
 */
export class KeyTree<V extends Keyed> {
  private owner: Owner = {}
  private root: Node<V>
  private count: number
  /** The right half of the node that was just changed, if it had to be split, and from which key on it goes. */
  private overflow: Node<V> | undefined = undefined
  private overflowFrom = ''
  private readonly width: number

  constructor(image?: TreeImage<V>, width = WIDTH) {
    this.width = width
    this.root = image?.root ?? this.leaf([])
    this.count = image?.size ?? 0
  }

  get size(): number {
    return this.count
  }

  /** From here on both the image and this tree copy what they change. */
  image(): TreeImage<V> {
    this.owner = {}
    return { root: this.root, size: this.count }
  }

  get(key: string): V | undefined {
    let node = this.root
    while (node.children !== undefined) node = node.children[childAt(node, key)] as Node<V>
    const value = node.values[lowerBound(node.values, key)]
    return value?.key === key ? value : undefined
  }

  /** Adds or replaces. */
  put(value: V): void {
    this.root = this.putBelow(this.root, value)
    if (this.overflow === undefined) return
    this.root = this.branch([this.root, this.overflow], ['', this.overflowFrom])
    this.overflow = undefined
  }

  delete(key: string): boolean {
    const before = this.count
    this.root = this.deleteBelow(this.root, key)
    while (this.root.children?.length === 1) this.root = this.root.children[0] as Node<V>
    return this.count < before
  }

  /** Values with keys in [from, end), in order, at most `limit`. Without `end` to the last. */
  range(from: string, end: string | undefined, limit = Infinity): V[] {
    const found: V[] = []
    collect(this.root, from, end, limit, found)
    return found
  }

  /** How many keys are in [from, end). */
  countRange(from: string, end: string | undefined): number {
    return countBelow(this.root, from, end)
  }

  private putBelow(node: Node<V>, value: V): Node<V> {
    if (node.children === undefined) return this.putInto(this.ownLeaf(node), value)
    const at = childAt(node, value.key)
    const child = node.children[at] as Node<V>
    const changed = this.putBelow(child, value)
    if (changed === child && this.overflow === undefined) return node
    const own = this.ownBranch(node)
    own.children[at] = changed
    if (this.overflow !== undefined) {
      own.children.splice(at + 1, 0, this.overflow)
      own.from.splice(at + 1, 0, this.overflowFrom)
      this.overflow = undefined
      if (own.children.length > this.width) this.splitBranch(own)
    }
    return own
  }

  private putInto(leaf: Leaf<V>, value: V): Leaf<V> {
    const { values } = leaf
    const at = lowerBound(values, value.key)
    if (values[at]?.key === value.key) {
      values[at] = value
      return leaf
    }
    this.count++
    // Keys are mostly added in order, so a full last leaf is left full.
    const isLast = at === values.length
    values.splice(at, 0, value)
    if (values.length > this.width) this.splitLeaf(leaf, isLast ? this.width : this.width >> 1)
    return leaf
  }

  private splitLeaf({ values }: Leaf<V>, at: number): void {
    this.overflowFrom = (values[at] as V).key
    this.overflow = this.leaf(values.splice(at))
  }

  private splitBranch({ children, from }: Branch<V>): void {
    const half = children.length >> 1
    this.overflowFrom = from[half] as string
    this.overflow = this.branch(children.splice(half), from.splice(half))
  }

  private deleteBelow(node: Node<V>, key: string): Node<V> {
    if (node.children === undefined) {
      const at = lowerBound(node.values, key)
      if (node.values[at]?.key !== key) return node
      this.count--
      const own = this.ownLeaf(node)
      own.values.splice(at, 1)
      return own
    }
    const at = childAt(node, key)
    const child = node.children[at] as Node<V>
    const before = this.count
    const changed = this.deleteBelow(child, key)
    if (this.count === before) return node
    const own = this.ownBranch(node)
    own.children[at] = changed
    if (widthOf(changed) === 0) {
      own.children.splice(at, 1)
      own.from.splice(at, 1)
    } else if (this.isSparse(changed)) this.join(own, at > 0 ? at - 1 : 0)
    return own
  }

  /** To be joined with a neighbour, if both fit into one. */
  private isSparse(node: Node<V>): boolean {
    return widthOf(node) < this.width >> 2
  }

  /** Makes one of two neighbours if they fit into one node. */
  private join(parent: Branch<V>, at: number): void {
    const left = parent.children[at]
    const right = parent.children[at + 1]
    if (left === undefined || right === undefined || widthOf(left) + widthOf(right) > this.width) return
    if (left.children === undefined && right.children === undefined) {
      parent.children[at] = this.leaf([...left.values, ...right.values])
    } else if (left.children !== undefined && right.children !== undefined) {
      const [, ...rest] = right.from
      const from = [...left.from, parent.from[at + 1] as string, ...rest]
      parent.children[at] = this.branch([...left.children, ...right.children], from)
    }
    parent.children.splice(at + 1, 1)
    parent.from.splice(at + 1, 1)
  }

  private ownLeaf(node: Leaf<V>): Leaf<V> {
    return node.owner === this.owner ? node : this.leaf(node.values.slice())
  }

  private ownBranch(node: Branch<V>): Branch<V> {
    return node.owner === this.owner ? node : this.branch(node.children.slice(), node.from.slice())
  }

  private leaf(values: V[]): Leaf<V> {
    return { owner: this.owner, children: undefined, values }
  }

  private branch(children: Node<V>[], from: string[]): Branch<V> {
    return { owner: this.owner, children, from }
  }
}

const widthOf = <V>(node: Node<V>): number => node.children?.length ?? (node as Leaf<V>).values.length

/** The first value whose key is not smaller. */
const lowerBound = (values: readonly Keyed[], key: string): number => {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] as Keyed).key < key) low = middle + 1
    else high = middle
  }
  return low
}

/** The child in which a key belongs. */
const childAt = <V>({ from }: Branch<V>, key: string): number => {
  let low = 1
  let high = from.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((from[middle] as string) <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}

const collect = <V extends Keyed>(
  node: Node<V>,
  from: string,
  end: string | undefined,
  limit: number,
  found: V[],
): void => {
  if (node.children === undefined) {
    for (let at = lowerBound(node.values, from); at < node.values.length && found.length < limit; at++) {
      const value = node.values[at] as V
      if (end !== undefined && value.key >= end) return
      found.push(value)
    }
    return
  }
  for (let at = childAt(node, from); at < node.children.length && found.length < limit; at++) {
    if (at > 0 && end !== undefined && (node.from[at] as string) >= end) return
    collect(node.children[at] as Node<V>, from, end, limit, found)
  }
}

const countBelow = <V extends Keyed>(node: Node<V>, from: string, end: string | undefined): number => {
  if (node.children === undefined) {
    const { values } = node
    const stop = end === undefined ? values.length : lowerBound(values, end)
    return Math.max(0, stop - lowerBound(values, from))
  }
  let count = 0
  for (let at = childAt(node, from); at < node.children.length; at++) {
    if (at > 0 && end !== undefined && (node.from[at] as string) >= end) break
    count += countBelow(node.children[at] as Node<V>, from, end)
  }
  return count
}
