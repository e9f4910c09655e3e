import type { Kind, KindMap } from '../../kubernetes/kinds.ts'
import type { IndexName, View } from '../../kubernetes/view.ts'
import type { Tables } from './cursor.ts'
import { Position } from './position.ts'

/** Every kind as it stood at one revision: time travel. Holds nothing back from compaction; read it before that. */
export class FixedView implements View {
  private readonly fixed: number
  private readonly tables: Tables
  private readonly positions = new Map<Kind, Position>()

  constructor(revision: number, tables: Tables) {
    this.fixed = revision
    this.tables = tables
  }

  revision(_kind: Kind): number {
    return this.fixed
  }

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] | undefined {
    return this.position(kind).get(namespace, name) as KindMap[K] | undefined
  }

  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][] {
    return this.position(kind).list(namespace) as readonly KindMap[K][]
  }

  indexed<K extends Kind>(kind: K, index: IndexName, value: string): readonly KindMap[K][] {
    return this.position(kind).indexed(index, value) as readonly KindMap[K][]
  }

  private position(kind: Kind): Position {
    let position = this.positions.get(kind)
    if (position === undefined) {
      position = new Position(this.tables.table(kind))
      position.listed = true
      position.at = this.fixed
      this.positions.set(kind, position)
    }
    return position
  }
}
