import type { Node } from '../../../kubernetes/types/node.ts'

/** What stands in a table of values for "the node does not carry the label". */
export const NO_VALUE = -1

/**
 * The values of one topology key as small integers, node by node: counting Pods per domain then is adding up arrays.
 * A value's number is given back when the last node with it goes; numbers are stable while a cycle runs.
 */
export class TopologyKey {
  readonly key: string
  /** Number of the value by the node's slot; NO_VALUE where the label is absent. */
  valueOf: Int32Array
  private readonly numbers = new Map<string, number>()
  private readonly nodesWith: number[] = []
  private readonly values: string[] = []
  private readonly free: number[] = []

  constructor(key: string, slots: number) {
    this.key = key
    this.valueOf = new Int32Array(Math.max(16, slots)).fill(NO_VALUE)
  }

  /** Numbers given so far are all below this. */
  get bound(): number {
    return this.nodesWith.length
  }

  set(slot: number, node: Node | undefined): void {
    if (slot >= this.valueOf.length) this.grow(slot + 1)
    const value = node?.metadata.labels?.[this.key]
    const before = this.valueOf[slot] ?? NO_VALUE
    const after = value === undefined ? NO_VALUE : this.take(value)
    this.valueOf[slot] = after
    if (before !== NO_VALUE) this.giveBack(before)
  }

  private take(value: string): number {
    let number = this.numbers.get(value)
    if (number === undefined) {
      number = this.free.pop() ?? this.nodesWith.length
      this.numbers.set(value, number)
      this.values[number] = value
      this.nodesWith[number] = 0
    }
    this.nodesWith[number] = (this.nodesWith[number] ?? 0) + 1
    return number
  }

  private giveBack(number: number): void {
    const left = (this.nodesWith[number] ?? 0) - 1
    this.nodesWith[number] = left
    if (left > 0) return
    this.numbers.delete(this.values[number] ?? '')
    this.free.push(number)
  }

  private grow(slots: number): void {
    const wider = new Int32Array(Math.max(slots, this.valueOf.length * 2)).fill(NO_VALUE)
    wider.set(this.valueOf)
    this.valueOf = wider
  }
}

/** Whether a node has a value for each of the keys. */
export function hasAll(keys: readonly TopologyKey[], slot: number): boolean {
  for (const { valueOf } of keys) if ((valueOf[slot] ?? NO_VALUE) === NO_VALUE) return false
  return true
}

/** The topology keys that Pods have named so far, each kept in step with the nodes. */
export class Topology {
  private readonly keys = new Map<string, TopologyKey>()

  /** @param nodes every node that is known now, with its slot. */
  key(name: string, nodes: Iterable<{ readonly slot: number; readonly node: Node | undefined }>): TopologyKey {
    let key = this.keys.get(name)
    if (key === undefined) {
      key = new TopologyKey(name, 16)
      for (const { slot, node } of nodes) key.set(slot, node)
      this.keys.set(name, key)
    }
    return key
  }

  set(slot: number, node: Node | undefined): void {
    for (const key of this.keys.values()) key.set(slot, node)
  }
}
