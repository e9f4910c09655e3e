/** What a path asks for. Source: apiserver/pkg/endpoints/request/requestinfo.go (v1.36). */

export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly namespace: string | undefined
  readonly resource: string
  readonly name: string | undefined
  readonly subresource: string | undefined
  /** What follows the subresource, as of a proxied path. */
  readonly rest: readonly string[]
  /** The old form `/watch/` before the resource. */
  readonly watch: boolean
}

export interface RequestPath {
  /** Decoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Undefined for a path that names no resource, as `/version` and `/apis/apps/v1`. */
  readonly resource: ResourcePath | undefined
}

/** Subresources of a namespace itself; other names after a namespace are resources in it. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize'])

/** Undefined for a target that is no path. */
export const readTarget = (target: string): RequestPath | undefined => {
  const mark = target.indexOf('?')
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1))
  const path = decoded(mark < 0 ? target : target.slice(0, mark))
  return path === undefined ? undefined : { path, query, resource: resourceIn(path) }
}

const decoded = (path: string): string | undefined => {
  try {
    // Dots that were escaped count as dots, as for Go's mux, which cleans the path.
    return withoutDots(decodeURIComponent(path))
  } catch {
    return undefined
  }
}

const withoutDots = (path: string): string => {
  if (!path.includes('/.')) return path
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '.') kept.push(part)
  }
  return kept.join('/')
}

const resourceIn = (path: string): ResourcePath | undefined => {
  const parts = (path.endsWith('/') ? path.slice(0, -1) : path).split('/').slice(1)
  const prefix = parts.shift()
  if (prefix !== 'api' && prefix !== 'apis') return undefined
  const group = prefix === 'api' ? '' : (parts.shift() ?? '')
  const version = parts.shift()
  if (version === undefined || parts.length === 0) return undefined
  const watch = parts[0] === 'watch' && parts.length > 1
  if (watch) parts.shift()
  const inNamespace =
    parts[0] === 'namespaces' && parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2] ?? '') ? parts[1] : undefined
  if (inNamespace !== undefined) parts.splice(0, 2)
  const [resource = '', name, subresource, ...rest] = parts
  return { group, version, namespace: inNamespace, resource, name, subresource, rest, watch }
}
