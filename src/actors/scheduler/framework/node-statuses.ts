import type { NodeInfo } from './node-info.ts'
import type { Code, Status } from './status.ts'

/**
 * Why nodes were rejected: one status per node that was looked at, one for all the rest.
 * Source: pkg/scheduler/framework/types.go, NodeToStatus (v1.36).
 */
export class NodeStatuses {
  readonly nodes: NodeInfo[] = []
  readonly statuses: Status[] = []
  /** Set when the same node may be told twice. */
  private named: Map<string, number> | undefined = undefined
  /** Of nodes that were not looked at. */
  absent: Status = NOT_EVALUATED

  get size(): number {
    return this.nodes.length
  }

  add(node: NodeInfo, status: Status): void {
    if (this.named !== undefined) {
      const index = this.named.get(node.name)
      if (index !== undefined) {
        this.statuses[index] = status
        return
      }
      this.named.set(node.name, this.nodes.length)
    }
    this.nodes.push(node)
    this.statuses.push(status)
  }

  /** From here on a node told again takes the place of what was said before. */
  expectRepeats(): void {
    if (this.named !== undefined) return
    this.named = new Map()
    for (let i = 0; i < this.nodes.length; i++) this.named.set(this.nodes[i]?.name ?? '', i)
  }

  of(name: string): Status {
    for (let i = 0; i < this.nodes.length; i++) {
      const status = this.statuses[i]
      if (this.nodes[i]?.name === name && status !== undefined) return status
    }
    return this.absent
  }

  /** Nodes of `all` whose status has this code, in that order. */
  withCode(code: Code, all: readonly NodeInfo[]): NodeInfo[] {
    if (this.absent.code !== code) return this.nodes.filter((_, i) => this.statuses[i]?.code === code)
    const others = new Map<NodeInfo, Status>()
    for (let i = 0; i < this.nodes.length; i++) {
      const [node, status] = [this.nodes[i], this.statuses[i]]
      if (node !== undefined && status !== undefined) others.set(node, status)
    }
    return all.filter((node) => (others.get(node)?.code ?? code) === code)
  }
}

const NOT_EVALUATED: Status = { code: 'UnschedulableAndUnresolvable', plugin: '', reasons: [] }
