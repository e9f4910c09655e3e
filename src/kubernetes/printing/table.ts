/**
 * Tables, as `kubectl get` asks for them and prints them: the server chooses the columns and fills the cells.
 *
 * Source: apimachinery/pkg/apis/meta/v1/types.go, Table (v1.36).
 */
import type { ApiObject } from '../../events/json.ts'
import type { ListMeta, MetadataOnly, MetaVersion } from '../metadata-only.ts'
import type { ConditionStatus } from '../types/meta.ts'

export type CellType = 'string' | 'integer' | 'number' | 'boolean' | 'date'
export type Cell = string | number | boolean | null

export interface TableColumn {
  readonly name: string
  readonly type: CellType
  /** `name` marks the column that `kubectl get -o name` and the like read. */
  readonly format: string
  /** Empty for built-in kinds: what a field means is said by the schema, clients don't print it. */
  readonly description: string
  /** 0 is always printed, 1 with `-o wide`. */
  readonly priority: number
}

export interface TableRowCondition {
  readonly type: 'Completed'
  readonly status: ConditionStatus
  readonly reason?: string
  readonly message?: string
}

export interface TableRow {
  /** As many as there are columns, but for IPAddress, whose third cell no column names. */
  readonly cells: readonly Cell[]
  readonly conditions?: readonly TableRowCondition[]
  readonly object: ApiObject | MetadataOnly | null
}

export interface Table {
  readonly kind: 'Table'
  readonly apiVersion: `meta.k8s.io/${MetaVersion}`
  readonly metadata: ListMeta
  /** Null where the client knows them from before. */
  readonly columnDefinitions: readonly TableColumn[] | null
  readonly rows: readonly TableRow[]
}

export function column(name: string, type: CellType = 'string', format = ''): TableColumn {
  return { name, type, format, description: '', priority: 0 }
}

/** A column that only `-o wide` prints. */
export const wide = (name: string, type: CellType = 'string'): TableColumn => ({ ...column(name, type), priority: 1 })

export const NAME = column('Name', 'string', 'name')
export const AGE = column('Age')
