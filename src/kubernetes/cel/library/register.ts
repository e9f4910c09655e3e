/**
 * How libraries are written down and given to the expression language library.
 *
 * A table has signatures as cel-go's documentation writes them: `<string>.charAt(int): string` is asked of a value,
 * `sets.contains(list(T), list(T)): bool` of a name, `quantity(string): kubernetes.Quantity` of nothing.
 */
import type { Environment } from '@marcbachmann/cel-js'

/** Functions by signature. What they are given is what the signature says. */
export type Library = Readonly<Record<string, (...args: never[]) => unknown>>

/** Ends the names of functions that take the place of the library's own; no expression can write it. */
export const OWN = '#'

interface Signature {
  readonly name: string
  /** The type of the value that is asked. */
  readonly receiver: string | undefined
  /** The name in front, of no value. */
  readonly space: string | undefined
  readonly args: readonly string[]
  readonly gives: string
}

const SIGNATURE = /^(?:<(.+)>\.|(\w+)\.)?(\w+)\((.*)\): (.+)$/

function read(text: string): Signature {
  const [, receiver, space, name = '', args = '', gives = ''] = SIGNATURE.exec(text) ?? []
  const types = args === '' ? [] : args.split(/, (?![^(]*\))/)
  return { name, receiver, space, args: types.map(typeName), gives: typeName(gives), ...receiverType(receiver) }
}

const receiverType = (receiver: string | undefined): { readonly receiver?: string } =>
  receiver === undefined ? {} : { receiver: typeName(receiver) }

/** `list(timestamp)` is `list<google.protobuf.Timestamp>` there. */
const typeName = (type: string): string =>
  type
    .replaceAll('(', '<')
    .replaceAll(')', '>')
    .replace(/\btimestamp\b/g, 'google.protobuf.Timestamp')
    .replace(/\bduration\b/g, 'google.protobuf.Duration')

/** Calls that are alike to the parser. */
export const callKey = (name: string, isMethod: boolean, args: number): string =>
  `${isMethod ? '.' : ''}${name}/${args}`

const keyOf = ({ name, receiver, space, args }: Signature): string =>
  callKey(name, receiver !== undefined || space !== undefined, args.length)

/** Which calls mean functions of these tables alone. */
export const callsOf = (tables: readonly Library[]): ReadonlySet<string> =>
  new Set(tables.flatMap((table) => Object.keys(table).map((text) => keyOf(read(text)))))

/** @param replaced Calls whose functions are all of these tables: the library's are passed over. */
export function register(environment: Environment, tables: readonly Library[], replaced: ReadonlySet<string>): void {
  const spaces = new Map<string, string>([['optional', 'OptionalNamespace']])
  for (const [text, given] of tables.flatMap((table) => Object.entries(table))) {
    const signature = read(text)
    const { name, space, args, gives } = signature
    const receiver = space === undefined ? signature.receiver : spaceOf(space, environment, spaces)
    // Typed by its signature.
    const function_ = given as (...values: readonly unknown[]) => unknown
    environment.registerFunction({
      name: replaced.has(keyOf(signature)) ? `${name}${OWN}` : name,
      ...(receiver === undefined ? {} : { receiverType: receiver }),
      params: args.map((type) => ({ type })),
      returnType: gives,
      handler: space === undefined ? function_ : (_: unknown, ...values: readonly unknown[]) => function_(...values),
      async: false,
    })
  }
}

/** The type of a name that only stands in front of functions. */
function spaceOf(space: string, environment: Environment, known: Map<string, string>): string {
  const before = known.get(space)
  if (before !== undefined) return before
  const type = `Library.${space}`
  const ctor = class {}
  environment.registerType(type, { ctor, fields: {} }).registerConstant(space, type, new ctor())
  known.set(space, type)
  return type
}
