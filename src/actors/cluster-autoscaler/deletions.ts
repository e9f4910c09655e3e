/** Nodes that are being removed right now. Source: core/scaledown/deletiontracker/nodedeletiontracker.go (v1.36). */
export class Deletions {
  /** By node: its group, and whether Pods have to move first. */
  private readonly underWay = new Map<string, { readonly group: string; readonly drains: boolean }>()

  begin(node: string, group: string, drains: boolean): void {
    this.underWay.set(node, { group, drains })
  }

  end(node: string): void {
    this.underWay.delete(node)
  }

  get(node: string): { readonly group: string; readonly drains: boolean } | undefined {
    return this.underWay.get(node)
  }

  ofGroup(group: string): number {
    return this.count((one) => one.group === group)
  }

  get total(): number {
    return this.underWay.size
  }

  get drains(): number {
    return this.count((one) => one.drains)
  }

  private count(counts: (one: { readonly group: string; readonly drains: boolean }) => boolean): number {
    let found = 0
    for (const one of this.underWay.values()) if (counts(one)) found++
    return found
  }
}
