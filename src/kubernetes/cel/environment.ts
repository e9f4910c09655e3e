/**
 * The expression language as Kubernetes has it. Source: apiserver/pkg/cel/environment/base.go, apiserver/pkg/cel/library (v1.36).
 *
 * The library parses, types and evaluates. Where it has a function that depends on the host (regular expressions, time
 * zones, texts of moments) or that works otherwise than upstream's, ours takes its place: calls are renamed in the
 * expression's tree before it is typed.
 * Abridged: no limit of costs; in a list's literal no optional items; moments are told to the millisecond.
 */
import { Environment, type ASTNode, type Optional, type ParseResult } from '@marcbachmann/cel-js'
import { authorizers, authorizerTypes } from './library/authorizer.ts'
import { conversions, wholeNumbers } from './library/conversions.ts'
import { Format, formats } from './library/formats.ts'
import { lists } from './library/lists.ts'
import { HAS, registerMacros } from './library/macros.ts'
import { Cidr, Ip, networks } from './library/networks.ts'
import { optionals } from './library/optionals.ts'
import { patches } from './library/patches.ts'
import { quantities, Quantity } from './library/quantities.ts'
import { regexes } from './library/regexes.ts'
import { callKey, callsOf, OWN, register } from './library/register.ts'
import { Semver, semvers } from './library/semvers.ts'
import { strings } from './library/strings.ts'
import { times } from './library/times.ts'
import { Url, urls } from './library/urls.ts'
import { structLiteralsAsMaps } from './struct-literals.ts'
import { equal, type Opaque } from './values.ts'

const TYPES = {
  'kubernetes.Quantity': Quantity,
  'kubernetes.Semver': Semver,
  'kubernetes.URL': Url,
  'kubernetes.NamedFormat': Format,
  'net.IP': Ip,
  'net.CIDR': Cidr,
}

const IN_PLACE = [strings, regexes, times, conversions]
const BESIDE = [quantities, semvers, urls, networks, formats, lists, optionals, patches, wholeNumbers, authorizers]

const replaced = callsOf(IN_PLACE)

let base: Environment | undefined

/** Made when it is first asked for: most clusters have no expressions. It is only cloned. */
function baseEnvironment(): Environment {
  if (base !== undefined) return base
  const made = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  for (const [name, ctor] of Object.entries(TYPES)) {
    made.registerType(name, { ctor, fields: {} })
    made.registerOperator(`${name} == ${name}`, (a: Opaque, b: Opaque) => a.equals(b))
  }
  for (const [name, type] of Object.entries(authorizerTypes)) made.registerType(name, type)
  made.registerOperator('optional<A> == optional<A>', (a: Optional, b: Optional) =>
    equal([a.orValue(undefined)], [b.orValue(undefined)]),
  )
  register(made, [...IN_PLACE, ...BESIDE], replaced)
  base = registerMacros(made)
  return base
}

let declared: ReadonlySet<string> | undefined

/** Whether there is a function of a name. */
export function isDeclared(name: string): boolean {
  declared ??= new Set(
    baseEnvironment()
      .getDefinitions()
      .functions.map((one) => one.name.replace(OWN, '')),
  )
  return declared.has(name)
}

/** An environment of one's own. */
export const createEnvironment = (options: { readonly isOpen: boolean }): Environment =>
  baseEnvironment().clone({
    unlistedVariablesAreDyn: options.isOpen,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
  })

/** An expression that can be typed and evaluated. Throws what the library throws of texts that are none. */
export function parseIn(environment: Environment, text: string): ParseResult {
  const program = environment.parse(withOwnHas(environment, structLiteralsAsMaps(text)))
  for (const call of nodesOf(program.ast)) {
    if (call.op === 'call' && replaced.has(callKey(call.args[0], false, call.args[1].length))) call.args[0] += OWN
    if (call.op === 'rcall' && replaced.has(callKey(call.args[0], true, call.args[2].length))) call.args[0] += OWN
  }
  return program
}

/** The library's `has` types nothing and takes no part of a list; ours has a name of the same length, so that places stay. */
function withOwnHas(environment: Environment, source: string): string {
  if (!source.includes('has')) return source
  const tests = nodesOf(environment.parse(source).ast).filter(
    ({ op, args }) => op === 'call' && args[0] === 'has' && args[1].length === 1,
  )
  return tests.reduce((text, { start }) => text.slice(0, start) + HAS + text.slice(start + HAS.length), source)
}

/** A node and all below it. */
export const nodesOf = (node: ASTNode): readonly ASTNode[] => [node, ...childrenOf(node).flatMap(nodesOf)]

function childrenOf({ op, args }: ASTNode): readonly ASTNode[] {
  switch (op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [args[0]]
    case 'call':
      return args[1]
    case 'rcall':
      return [args[1], ...args[2]]
    case 'map':
      return args.flat()
    case '!_':
    case '-_':
      return [args]
    default:
      return args
  }
}
