/**
 * What the library's checker finds, in the words and at the places of cel-go's. Source: cel-go checker/{checker,errors}.go.
 * Abridged: of calls that fit no function, it is told first that nobody declared them only where no function has the name.
 */
import type { ASTNode } from '@marcbachmann/cel-js'
import { TypeError as CelTypeError } from '@marcbachmann/cel-js'
import { isDeclared } from './environment.ts'
import { OWN } from './library/register.ts'
import { shownType } from './type-names.ts'

/** What is wrong, and where: an offset into the text. */
export interface Mistake {
  readonly at: number
  readonly words: string
}

/** Undefined for what cel-go may see otherwise: then the expression is taken. */
export function checkerWords(error: unknown, source: string): Mistake | undefined {
  if (!(error instanceof CelTypeError)) return undefined
  const node = nodeOf(error.node)
  if (node === undefined) return undefined
  const said = error.summary
  switch (error.code) {
    case 'unknown_variable':
      return { at: node.start, words: undeclared(/: (.+)$/.exec(said)?.[1] ?? '') }
    case 'no_such_key':
      if (node.op === '[]') return noAccess(node, source)
      return { at: placeOf(node, source), words: `undefined field '${/: (.+)$/.exec(said)?.[1] ?? ''}'` }
    case 'invalid_macro_argument':
      return said.startsWith('invalid argument') ? { at: placeOf(node, source), words: said } : undefined
    case 'cannot_index_type':
    case 'invalid_index_type':
      return noAccess(node, source)
    case 'no_such_overload':
      return noOperator(node, source)
    case 'no_matching_overload':
      return noFunction(node, said, source)
    case 'invalid_logical_operand':
      return notBool(node, source)
    case 'invalid_condition_type':
      return said.includes('predicate') ? isNotBool(node, source) : undefined
    case 'invalid_comprehension_range': {
      const type = shownType(typeOf(node))
      const words = `expression of type '${type}' cannot be range of a comprehension (must be list, map, or dynamic)`
      return { at: placeOf(node, source), words }
    }
    default:
      return undefined
  }
}

const undeclared = (name: string): string => `undeclared reference to '${name}' (in container '')`

const noMatch = (name: string, types: readonly string[]): string =>
  `found no matching overload for '${name}' applied to '(${types.map(shownType).join(', ')})'`

function noOperator(node: ASTNode, source: string): Mistake | undefined {
  const at = placeOf(node, source)
  switch (node.op) {
    case '!_':
    case '-_':
      return { at, words: noMatch(node.op, [typeOf(node.args)]) }
    case 'in':
      return { at, words: noMatch('@in', node.args.map(typeOf)) }
    case '==':
    case '!=':
      // Null compares with what may be absent, and an empty list or map with any other.
      return node.args.some((arg) => /^null$|<[A-Z][,>]/.test(typeOf(arg)))
        ? undefined
        : { at, words: noMatch(`_${node.op}_`, node.args.map(typeOf)) }
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return { at, words: noMatch(`_${node.op}_`, node.args.map(typeOf)) }
    default:
      return undefined
  }
}

function noAccess(node: ASTNode, source: string): Mistake | undefined {
  const at = placeOf(node, source)
  if (node.op === '.')
    return { at, words: `type '${shownType(typeOf(node.args[0]))}' does not support field selection` }
  return node.op === '[]' ? { at, words: noMatch('_[_]', node.args.map(typeOf)) } : undefined
}

function noFunction(node: ASTNode, said: string, source: string): Mistake | undefined {
  const at = placeOf(node, source)
  if (node.op === 'call') {
    const name = node.args[0].replace(OWN, '')
    return { at, words: isDeclared(name) ? noMatch(name, node.args[1].map(typeOf)) : undeclared(name) }
  }
  if (node.op !== 'rcall') return undefined
  const name = node.args[0].replace(OWN, '')
  if (!isDeclared(name)) return { at, words: undeclared(name) }
  const [receiver, ...types] = [node.args[1], ...node.args[2]].map((arg) => shownType(typeOf(arg)))
  return { at, words: `found no matching overload for '${name}' applied to '${receiver ?? ''}.(${types.join(', ')})'` }
}

function notBool(node: ASTNode, source: string): Mistake | undefined {
  if (node.op !== '&&' && node.op !== '||') return undefined
  const wrong = node.args.find((arg) => !['bool', 'dyn'].includes(typeOf(arg)) && !typeOf(arg).startsWith('dyn<'))
  return wrong === undefined ? undefined : isNotBool(wrong, source)
}

const isNotBool = (node: ASTNode, source: string): Mistake => ({
  at: placeOf(node, source),
  words: `expected type 'bool' but found '${shownType(typeOf(node))}'`,
})

const SCALARS: ReadonlySet<string> = new Set(['int', 'uint', 'double', 'string', 'bool', 'bytes'])

/** An item that is of another type than those before it. Abridged: of scalars only, and not in maps. */
export function mixedItem(items: readonly ASTNode[], source: string): Mistake | undefined {
  const [first] = items
  const wanted = first === undefined ? '' : typeOf(first)
  if (!SCALARS.has(wanted)) return undefined
  const other = items.find((item) => SCALARS.has(typeOf(item)) && typeOf(item) !== wanted)
  if (other === undefined) return undefined
  return { at: placeOf(other, source), words: `expected type '${wanted}' but found '${typeOf(other)}'` }
}

/** The library shows the node only as what errors may stand at. */
const nodeOf = (node: unknown): ASTNode | undefined =>
  typeof node === 'object' && node !== null && 'op' in node && 'args' in node ? (node as ASTNode) : undefined

/** What the checker has found of a node. */
function typeOf(node: ASTNode): string {
  const type: unknown = 'checkedType' in node ? node.checkedType : undefined
  return typeof type === 'object' && type !== null && 'name' in type ? String(type.name) : 'dyn'
}

/** Where cel-go says a part is: at its operator, its dot, the parenthesis of its call. */
function placeOf(node: ASTNode, source: string): number {
  const behind = (left: ASTNode, sign: string): number => Math.max(node.start, source.indexOf(sign, left.end))
  switch (node.op) {
    case '.':
      return Math.max(node.start, source.lastIndexOf('.', node.pos))
    case '.?':
    case 'value':
    case 'id':
    case 'list':
    case 'map':
    case '!_':
    case '-_':
      return node.start
    case '[]':
    case '[?]':
      return behind(node.args[0], '[')
    case '?:':
      return behind(node.args[0], '?')
    case 'call':
      return source.indexOf('(', node.start)
    case 'rcall':
      return source.indexOf('(', source.indexOf(node.args[0].replace(OWN, ''), node.args[1].end))
    default:
      return behind(node.args[0], node.op)
  }
}
