import { either } from 'fp-ts'
import { isMap, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml'
import { parsePath } from '../../../kubernetes/schema/path.ts'
import { formatFieldError } from '../../../kubernetes/validation/field-error.ts'
import type { KubeSchedulerConfiguration } from '../framework/configuration.ts'
import { BUILT_IN_PLUGINS } from '../plugins/registry.ts'
import { CONFIGURATION, PLUGIN_ARGS } from './schema.ts'
import { isRecord, misfits, type ShapeProblem } from './shape.ts'
import { validateConfiguration } from './validate.ts'

/**
 * Reads a KubeSchedulerConfiguration, as YAML or as a value, and checks it: shape first, then meaning.
 *
 * @param given text in YAML or JSON, or what such a text means
 * @param plugins names of plugins of one's own
 * @param file what problems call it
 * @returns every problem as `file:line: profiles[0].plugins: …`; without line where a value was given
 */
export function readConfiguration(
  given: unknown,
  plugins: Iterable<string> = [],
  file = 'scheduler configuration',
): either.Either<readonly string[], KubeSchedulerConfiguration> {
  if (typeof given === 'string') return readText(given, plugins, file)
  const problems = problemsOf(given, plugins)
  if (problems.length === 0) return either.right(given as KubeSchedulerConfiguration)
  return either.left(problems.map(({ field, message }) => told([file, field, message])))
}

function readText(
  text: string,
  plugins: Iterable<string>,
  file: string,
): either.Either<readonly string[], KubeSchedulerConfiguration> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const at = (offset: number): string => `${file}:${Math.max(1, lines.linePos(offset).line)}`
  if (document.errors.length > 0) {
    return either.left(document.errors.map(({ pos, message }) => told([at(pos[0]), message])))
  }
  const value: unknown = document.toJS()
  const problems = problemsOf(value, plugins)
  if (problems.length === 0) return either.right(value as KubeSchedulerConfiguration)
  return either.left(problems.map(({ field, message }) => told([at(placeOf(document, field)), field, message])))
}

function problemsOf(value: unknown, plugins: Iterable<string>): readonly ShapeProblem[] {
  if (!isRecord(value)) return [{ field: '', message: 'expected a KubeSchedulerConfiguration' }]
  const misshapen = [...misfits(value, CONFIGURATION), ...misfitArgs(value)]
  if (misshapen.length > 0) return misshapen
  const known = new Set([...BUILT_IN_PLUGINS.keys(), ...plugins])
  // Every field that is looked at has the right type now.
  return validateConfiguration(value as KubeSchedulerConfiguration, known).list.map((error) => ({
    field: error.field,
    message: formatFieldError(error).slice(error.field.length + 2),
  }))
}

/** Arguments have the shape that their plugin wants; of a plugin of one's own only that plugin knows. */
function misfitArgs({ profiles }: Readonly<Record<string, unknown>>): readonly ShapeProblem[] {
  if (!Array.isArray(profiles)) return []
  return profiles.flatMap((profile: unknown, i) => {
    const entries = isRecord(profile) && Array.isArray(profile['pluginConfig']) ? profile['pluginConfig'] : []
    return entries.flatMap((entry: unknown, j) => {
      const name = isRecord(entry) ? entry['name'] : undefined
      const shape = typeof name === 'string' && Object.hasOwn(PLUGIN_ARGS, name) ? PLUGIN_ARGS[name] : undefined
      if (shape === undefined || !isRecord(entry)) return []
      return misfits(entry['args'], shape, `profiles[${i}].pluginConfig[${j}].args`)
    })
  })
}

const told = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(': ')

/** Where a field stands; of one that is missing, the nearest part around it. */
function placeOf(document: Document.Parsed, field: string): number {
  const path = parsePath(field)
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const last = path[length - 1]
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last)
      if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0]
    }
    const node: unknown = document.getIn(path.slice(0, length), true)
    const range: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, 'range') : undefined
    if (Array.isArray(range) && typeof range[0] === 'number') return range[0]
  }
  return document.contents?.range[0] ?? 0
}
