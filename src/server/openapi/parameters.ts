/** What operations take in path and query. Source: meta/v1 and core/v1 types.go, the Options structures (v1.36). */
export interface Parameter {
  readonly name: string
  readonly type: 'string' | 'integer' | 'boolean'
  readonly in: 'path' | 'query'
}

const INTEGERS: ReadonlySet<string> = new Set([
  'gracePeriodSeconds',
  'limit',
  'limitBytes',
  'ports',
  'sinceSeconds',
  'tailLines',
  'timeoutSeconds',
])

const BOOLEANS: ReadonlySet<string> = new Set([
  'allowWatchBookmarks',
  'follow',
  'force',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'insecureSkipTLSVerifyBackend',
  'orphanDependents',
  'previous',
  'sendInitialEvents',
  'stderr',
  'stdin',
  'stdout',
  'timestamps',
  'tty',
  'watch',
])

/** Each parameter is one object, so that operations can be compared by what they take. */
const known = new Map<string, Parameter>()

const parameter = (name: string, place: Parameter['in']): Parameter => {
  const key = `${place} ${name}`
  const found = known.get(key)
  if (found !== undefined) return found
  const type = INTEGERS.has(name) ? 'integer' : BOOLEANS.has(name) ? 'boolean' : 'string'
  const made: Parameter = { name, type, in: place }
  known.set(key, made)
  return made
}

const inQuery = (...names: readonly string[]): readonly Parameter[] => names.map((name) => parameter(name, 'query'))

export const PRETTY = inQuery('pretty')

const LISTED = inQuery(
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'shardSelector',
  'timeoutSeconds',
)

export const LIST = [...LISTED, ...inQuery('allowWatchBookmarks', 'watch')]
export const WRITE = inQuery('dryRun', 'fieldManager', 'fieldValidation')
export const PATCH = [...WRITE, ...inQuery('force')]
export const DELETE = inQuery(
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
)
export const DELETE_COLLECTION = [...LISTED, ...DELETE]

export const LOG = inQuery(
  'container',
  'follow',
  'insecureSkipTLSVerifyBackend',
  'limitBytes',
  'previous',
  'sinceSeconds',
  'stream',
  'tailLines',
  'timestamps',
)

const PROXY = inQuery('path')
const STREAMS = ['container', 'stderr', 'stdin', 'stdout', 'tty']

/** What a connection takes, by the kind of its options. */
export const CONNECT: ReadonlyMap<string, readonly Parameter[]> = new Map([
  ['NodeProxyOptions', PROXY],
  ['PodAttachOptions', inQuery(...STREAMS)],
  ['PodExecOptions', inQuery('command', ...STREAMS)],
  ['PodPortForwardOptions', inQuery('ports')],
  ['PodProxyOptions', PROXY],
  ['ServiceProxyOptions', PROXY],
])

/** The parameters that a path has by its own words. */
export const inPath = (path: string): readonly Parameter[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter(name, 'path'))

/** By name; one in the path before one of the same name in the query. */
export const sorted = (parameters: readonly Parameter[]): readonly Parameter[] =>
  parameters.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.in < b.in ? -1 : 1))
