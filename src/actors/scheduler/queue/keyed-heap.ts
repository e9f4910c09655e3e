/** A binary heap whose entries can be found, moved and taken out by key. Source: pkg/scheduler/backend/heap/heap.go (v1.36). */
export class KeyedHeap<T> {
  private readonly entries: T[] = []
  private readonly places = new Map<string, number>()
  private readonly keyOf: (entry: T) => string
  private readonly less: (a: T, b: T) => boolean

  constructor(keyOf: (entry: T) => string, less: (a: T, b: T) => boolean) {
    this.keyOf = keyOf
    this.less = less
  }

  get size(): number {
    return this.entries.length
  }

  get(key: string): T | undefined {
    const place = this.places.get(key)
    return place === undefined ? undefined : this.entries[place]
  }

  peek(): T | undefined {
    return this.entries[0]
  }

  /** Adds an entry, or puts the one of this key in its right place again. */
  put(entry: T): void {
    const key = this.keyOf(entry)
    const known = this.places.get(key)
    const place = known ?? this.entries.length
    this.set(place, entry)
    this.settle(place)
  }

  pop(): T | undefined {
    const top = this.entries[0]
    return top === undefined ? undefined : this.remove(this.keyOf(top))
  }

  remove(key: string): T | undefined {
    const place = this.places.get(key)
    if (place === undefined) return undefined
    const entry = this.entries[place]
    const last = this.entries.pop()
    this.places.delete(key)
    if (last !== undefined && place < this.entries.length) {
      this.set(place, last)
      this.settle(place)
    }
    return entry
  }

  private settle(place: number): void {
    if (!this.up(place)) this.down(place)
  }

  private up(start: number): boolean {
    let child = start
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (!this.isLess(child, parent)) break
      this.swap(child, parent)
      child = parent
    }
    return child !== start
  }

  private down(start: number): void {
    let parent = start
    for (;;) {
      const left = 2 * parent + 1
      if (left >= this.entries.length) return
      const right = left + 1
      const child = right < this.entries.length && this.isLess(right, left) ? right : left
      if (!this.isLess(child, parent)) return
      this.swap(parent, child)
      parent = child
    }
  }

  private isLess(a: number, b: number): boolean {
    const [x, y] = [this.entries[a], this.entries[b]]
    return x !== undefined && y !== undefined && this.less(x, y)
  }

  private swap(a: number, b: number): void {
    const [x, y] = [this.entries[a], this.entries[b]]
    if (x === undefined || y === undefined) return
    this.set(a, y)
    this.set(b, x)
  }

  private set(place: number, entry: T): void {
    this.entries[place] = entry
    this.places.set(this.keyOf(entry), place)
  }
}
