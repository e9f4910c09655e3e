/** So many ranges of Pod addresses there are below 11.0.0.0. */
const RANGES = 12 * 256

/**
 * Which machine has which addresses. Numbers are given in turn, so that one that is free again waits long: what still talks
 * to the machine that had it finds nobody instead of somebody else.
 */
export class Addresses {
  private readonly byIndex = new Map<number, string>()
  private readonly byName = new Map<string, number>()
  private next = 0

  take(name: string): number {
    // A cluster that begins with more machines than there are ranges counts on.
    while (this.byIndex.has(this.next))
      this.next = this.byIndex.size < RANGES ? (this.next + 1) % RANGES : this.next + 1
    const index = this.next
    this.byIndex.set(index, name)
    this.byName.set(name, index)
    this.next = this.byIndex.size < RANGES ? (index + 1) % RANGES : index + 1
    return index
  }

  free(name: string): void {
    const index = this.byName.get(name)
    if (index === undefined) return
    this.byName.delete(name)
    this.byIndex.delete(index)
  }

  nameAt(index: number): string | undefined {
    return this.byIndex.get(index)
  }
}
