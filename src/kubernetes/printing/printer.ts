/** How the objects of one kind become rows. */
import type { Micros } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import type { Cell, TableColumn, TableRowCondition } from './table.ts'

/** Methods, so that one table may hold the printers of different kinds. */
export interface Printer {
  readonly columns: readonly TableColumn[]
  cells(object: ApiObject, now: Micros): readonly Cell[]
  /** Tells a client that a row's object has run its course. */
  conditions?(object: ApiObject): readonly TableRowCondition[] | undefined
  /** Where the order of a list is not that of its items. */
  order?(a: ApiObject, b: ApiObject): number
}

/** The same, for objects of one kind, of which anything may be missing. */
interface PrinterOf<O extends ApiObject> {
  cells(object: Draft<O>, now: Micros): readonly Cell[]
  conditions?(object: Draft<O>): readonly TableRowCondition[] | undefined
  order?(a: Draft<O>, b: Draft<O>): number
}

/**
 * Anything may be missing because a bookmark in a watch is an object with metadata alone, and is printed like any other.
 * Who looks a printer up by its kind hands it objects of that kind.
 */
export function printer<O extends ApiObject>(
  columns: readonly TableColumn[],
  cells: PrinterOf<O>['cells'],
  extras?: Omit<PrinterOf<O>, 'cells'>,
): Printer
export function printer(
  columns: readonly TableColumn[],
  cells: Printer['cells'],
  extras: Omit<Printer, 'columns' | 'cells'> = {},
): Printer {
  return { columns, cells, ...extras }
}
