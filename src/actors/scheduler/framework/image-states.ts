import type { Node } from '../../../kubernetes/types/node.ts'

/** One image name: its size, and where it is. */
export interface ImageState {
  /** Bytes, as the first node to have it said. */
  readonly size: number
  readonly nodes: Set<string>
}

/** Which node has which images. Source: pkg/scheduler/backend/cache/cache.go, addNodeImageStates (v1.36). */
export class ImageStates {
  private readonly states = new Map<string, ImageState>()

  get(name: string): ImageState | undefined {
    return this.states.get(name)
  }

  addNode(node: Node): void {
    for (const { names, sizeBytes } of node.status?.images ?? []) {
      for (const name of names ?? []) {
        const state = this.states.get(name)
        if (state === undefined) this.states.set(name, { size: sizeBytes ?? 0, nodes: new Set([node.metadata.name]) })
        else state.nodes.add(node.metadata.name)
      }
    }
  }

  removeNode(node: Node): void {
    for (const { names } of node.status?.images ?? []) {
      for (const name of names ?? []) {
        const state = this.states.get(name)
        if (state === undefined) continue
        state.nodes.delete(node.metadata.name)
        if (state.nodes.size === 0) this.states.delete(name)
      }
    }
  }
}
