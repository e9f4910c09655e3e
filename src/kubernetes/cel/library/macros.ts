/**
 * Macros that the expression language library lacks: over keys and values, and of optional values.
 * What a condition is, shows only when it is asked.
 * Source: cel-go ext/comprehensions.go; cel/library.go, optMap and optFlatMap.
 */
import type { Environment } from '@marcbachmann/cel-js'
import { Optional } from '@marcbachmann/cel-js'
import { entriesOf, Fault, isMap, memberOf } from '../values.ts'

/** A part of an expression, as the library hands it to macros. */
interface Node {
  readonly op: string
  readonly args: unknown
}
interface Type {
  readonly kind: string
  readonly keyType?: Type
  readonly valueType?: Type
}
/** The names that a part may use. */
interface Scope {
  forkWithVariable(name: string, type: Type): Scope & { setIterValue(value: unknown, evaluator: Evaluator): Scope }
}
interface Checker {
  check(node: Node, scope: Scope): Type
  getType(name: string): Type
  createError(code: string, words: string, node: Node): Error
}
interface Evaluator {
  run(node: Node, scope: Scope): unknown
  getType(name: string): Type
}
interface Call {
  readonly args: readonly Node[]
  readonly receiver: Node
}
interface Macro {
  readonly async: false
  typeCheck(checker: Checker, macro: unknown, scope: Scope): Type
  evaluate(evaluator: Evaluator, macro: unknown, scope: Scope): unknown
}

/** What is done with each key and value, or with each item: takes what was gathered so far, and whether to go on. */
interface Fold {
  /** How many expressions stand behind the two names. */
  readonly steps: number
  /** One name stands for a list's item or a map's key. */
  readonly isSingle?: boolean
  readonly gives: string
  readonly begin: () => unknown
  readonly isDone?: (gathered: unknown) => boolean
  readonly step: (gathered: unknown, run: (step: number) => unknown, key: unknown) => unknown
  readonly end?: (gathered: unknown) => unknown
}

const nameOf = (node: Node | undefined): string => {
  if (node?.op === 'id' && typeof node.args === 'string') return node.args
  throw new Fault('argument must be a simple name')
}

const bool = (value: unknown): boolean => {
  if (typeof value === 'boolean') return value
  throw new Fault('no such overload')
}

/** Keys and values: of a list its places and items. */
const pairsOf = (range: unknown): readonly (readonly [unknown, unknown])[] => {
  if (Array.isArray(range)) return range.map((item, i) => [BigInt(i), item])
  if (typeof range === 'object' && range !== null) return entriesOf(range)
  throw new Fault('no such overload')
}

const ofRange =
  ({ steps, isSingle = false, gives, begin, isDone, step, end }: Fold) =>
  ({ args, receiver }: Call): Macro => {
    const names = args.slice(0, isSingle ? 1 : 2).map(nameOf)
    const parts = args.slice(names.length, names.length + steps)
    return {
      async: false,
      typeCheck(checker, _, scope) {
        const range = checker.check(receiver, scope)
        if (!['list', 'map', 'dyn'].includes(range.kind)) {
          const words = `Expression of type '${String(range)}' cannot be range of a comprehension (must be list, map, or dynamic).`
          throw checker.createError('invalid_comprehension_range', words, receiver)
        }
        const dyn = checker.getType('dyn')
        const { keyType = dyn, valueType = dyn } = range
        const isList = range.kind === 'list'
        const pair = [isList ? checker.getType('int') : keyType, valueType]
        const types = isSingle ? [isList ? valueType : keyType] : pair
        const inner = names.reduce((outer, name, i) => outer.forkWithVariable(name, types[i] ?? dyn), scope)
        for (const part of parts) checker.check(part, inner)
        return checker.getType(gives)
      },
      evaluate(evaluator, _, scope) {
        const dyn = evaluator.getType('dyn')
        const range = evaluator.run(receiver, scope)
        let gathered = begin()
        for (const [key, value] of pairsOf(range)) {
          if (isDone?.(gathered) === true) break
          const values = isSingle ? [Array.isArray(range) ? value : key] : [key, value]
          const inner = names.reduce(
            (outer, name, i) => outer.forkWithVariable(name, dyn).setIterValue(values[i], evaluator),
            scope,
          )
          gathered = step(gathered, (i) => evaluator.run(parts[i] ?? receiver, inner), key)
        }
        return end === undefined ? gathered : end(gathered)
      },
    }
  }

const ALL: Fold = {
  steps: 1,
  gives: 'bool',
  begin: () => true,
  isDone: (all) => all === false,
  step: (_, run) => bool(run(0)),
}
const EXISTS: Fold = {
  steps: 1,
  gives: 'bool',
  begin: () => false,
  isDone: (some) => some === true,
  step: (_, run) => bool(run(0)),
}
const EXISTS_ONE: Fold = {
  steps: 1,
  gives: 'bool',
  begin: () => 0,
  step: (count, run) => Number(count) + (bool(run(0)) ? 1 : 0),
  end: (count) => count === 1,
}

const inserted = (map: unknown, entries: readonly (readonly [unknown, unknown])[]): unknown => {
  const sum = new Map(map instanceof Map ? map : [])
  for (const [key, value] of entries) {
    if (sum.has(key)) throw new Fault(`insert failed: key ${String(key)} already exists`)
    sum.set(key, value)
  }
  return sum
}

const TRANSFORMS: Readonly<Record<string, Fold>> = {
  transformList: {
    steps: 1,
    gives: 'list',
    begin: () => [],
    step: (list, run) => [...(Array.isArray(list) ? list : []), run(0)],
  },
  transformMap: {
    steps: 1,
    gives: 'map',
    begin: () => new Map(),
    step: (map, run, key) => inserted(map, [[key, run(0)]]),
  },
  transformMapEntry: {
    steps: 1,
    gives: 'map',
    begin: () => new Map(),
    step: (map, run) => inserted(map, pairsOf(run(0))),
  },
}

/** The same of what passes a condition, which comes first. */
const filtered = (fold: Fold): Fold => ({
  ...fold,
  steps: 2,
  step: (gathered, run, key) => (bool(run(0)) ? fold.step(gathered, () => run(1), key) : gathered),
})

/** Of what is there, something else; nothing of nothing. */
const ofOptional =
  (isFlat: boolean) =>
  ({ args, receiver }: Call): Macro => {
    const name = nameOf(args[0])
    const change = args[1] ?? receiver
    return {
      async: false,
      typeCheck(checker, _, scope) {
        const { valueType } = checker.check(receiver, scope)
        const type = checker.check(change, scope.forkWithVariable(name, valueType ?? checker.getType('dyn')))
        return isFlat ? type : checker.getType(`optional<${String(type)}>`)
      },
      evaluate(evaluator, _, scope) {
        const optional = evaluator.run(receiver, scope)
        if (!(optional instanceof Optional)) throw new Fault('no such overload')
        if (!optional.hasValue()) return Optional.none()
        const inner = scope.forkWithVariable(name, evaluator.getType('dyn')).setIterValue(optional.value(), evaluator)
        const changed = evaluator.run(change, inner)
        return isFlat ? changed : Optional.of(changed)
      },
    }
  }

/** Stands for `has` in the texts that are parsed. */
export const HAS = 'h_s'

/** Whether a member is there. */
const has = ({ args: [tested] }: { readonly args: readonly Node[] }): Macro => {
  return {
    async: false,
    typeCheck(checker, _, scope) {
      if (tested === undefined) throw new Fault('no argument to has() macro')
      if (tested.op !== '.')
        throw checker.createError('invalid_macro_argument', 'invalid argument to has() macro', tested)
      checker.check(tested, scope)
      return checker.getType('bool')
    },
    evaluate(evaluator, _, scope) {
      // It has been typed: what stands before the dot, and the name.
      const [holder, name] = tested?.args as readonly [Node, string]
      const held = evaluator.run(holder, scope)
      const object: unknown = held instanceof Optional ? held.orValue(null) : held
      return isMap(object) && memberOf(object, name) !== undefined
    },
  }
}

export function registerMacros(environment: Environment): Environment {
  environment
    .registerFunction(`${HAS}(ast): bool`, has)
    .registerFunction('list.all(ast, ast, ast): bool', ofRange(ALL))
    .registerFunction('list.exists(ast, ast, ast): bool', ofRange(EXISTS))
    .registerFunction('list.existsOne(ast, ast, ast): bool', ofRange(EXISTS_ONE))
    .registerFunction('list.existsOne(ast, ast): bool', ofRange({ ...EXISTS_ONE, isSingle: true }))
    .registerFunction('optional.optMap(ast, ast): optional', ofOptional(false))
    .registerFunction('optional.optFlatMap(ast, ast): optional', ofOptional(true))
  for (const [name, fold] of Object.entries(TRANSFORMS)) {
    environment
      .registerFunction(`list.${name}(ast, ast, ast): ${fold.gives}`, ofRange(fold))
      .registerFunction(`list.${name}(ast, ast, ast, ast): ${fold.gives}`, ofRange(filtered(fold)))
  }
  return environment
}
