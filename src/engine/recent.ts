/**
 * A map that forgets what was added long ago: it holds at least the newest `atLeast` additions and at most twice as many.
 *
 * Two generations instead of deleting the oldest one by one: finding the oldest key of a Map costs time in proportion to
 * the keys deleted in front of it.
 */
export class Recent<K, V> {
  private young = new Map<K, V>()
  private old = new Map<K, V>()
  private readonly atLeast: number

  constructor(atLeast: number) {
    this.atLeast = atLeast
  }

  get(key: K): V | undefined {
    return this.young.get(key) ?? this.old.get(key)
  }

  set(key: K, value: V): void {
    this.young.set(key, value)
    if (this.young.size < this.atLeast) return
    this.old = this.young
    this.young = new Map()
  }
}
