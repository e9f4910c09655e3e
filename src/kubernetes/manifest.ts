/**
 * Manifests: files in YAML or JSON as people write them, with the line of everything.
 *
 * Read as `kubectl` reads them: several documents in one file, `List` kinds taken apart, scalars by YAML 1.1 (`on` is true,
 * `0644` octal), but dates and `12:30` stay texts. Source: sigs.k8s.io/yaml; cli-runtime/pkg/resource/visitor.go (v1.36).
 */
import { either } from 'fp-ts'
import {
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type Document,
  type ParsedNode,
  type Tags,
} from 'yaml'
import type { KindRow } from './kind-rows/row.ts'
import { rowByApiVersion } from './registry.ts'
import { formatPath, parsePath, type FieldPath } from './schema/path.ts'

/** Something to be put right in a file. Lines and columns count from 1. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `spec.containers[0].image`; '' for the whole object. */
  readonly field: string
  readonly message: string
}

/** One object of a file, not yet decoded. */
export interface Manifest {
  readonly object: Readonly<Record<string, unknown>>
  readonly file: string
  readonly line: number
  readonly apiVersion: string
  readonly kind: string
  /** Undefined for a kind that isn't served: a warning, not an error. */
  readonly row: KindRow | undefined
  readonly source: ManifestSource
}

/** Where a manifest's parts stand: its document and its place there. */
interface ManifestSource {
  readonly document: Document.Parsed<ParsedNode>
  readonly lines: LineCounter
  readonly prefix: FieldPath
}

/** Go's YAML leaves dates, and numbers to the base of 60, as texts. */
const goTags = (tags: Tags): Tags =>
  tags.filter((tag) => {
    if (typeof tag === 'string') return tag !== 'timestamp' && tag !== 'intTime' && tag !== 'floatTime'
    return tag.tag !== 'tag:yaml.org,2002:timestamp' && !('format' in tag && tag.format === 'TIME')
  })

/** The objects of a text in order, or everything that keeps it from being read. An empty text has none. */
export function parseManifests(text: string, file: string): either.Either<readonly Problem[], readonly Manifest[]> {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    version: '1.1',
    lineCounter: lines,
    customTags: goTags,
    prettyErrors: false,
    // It would warn on the process's stderr of keys that are no texts.
    logLevel: 'error',
  })
  const problems: Problem[] = []
  const manifests: Manifest[] = []
  if (!Array.isArray(documents)) return either.right([])
  for (const document of documents) {
    for (const error of document.errors) {
      problems.push({ file, ...position(lines, error.pos[0]), field: '', message: error.message })
    }
    if (document.errors.length > 0 || document.contents === null) continue
    const source = { document, lines, prefix: [] }
    const value = toJson(document, source, file, problems)
    if (value !== null && value !== undefined) collect(value, source, file, '', manifests, problems)
  }
  return problems.length > 0 ? either.left(problems) : either.right(manifests)
}

/** Aliases may be many: what would not end is refused. */
function toJson(
  document: Document.Parsed<ParsedNode>,
  source: ManifestSource,
  file: string,
  problems: Problem[],
): unknown {
  try {
    return document.toJS({ maxAliasCount: 1_000 })
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    problems.push({ file, ...placeOf(source, []), field: '', message })
    return undefined
  }
}

function collect(
  value: unknown,
  source: ManifestSource,
  file: string,
  listKind: string,
  manifests: Manifest[],
  problems: Problem[],
): void {
  const problem = (field: FieldPath, message: string): void => {
    problems.push({ file, ...placeOf(source, field), field: formatPath(field), message })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return problem([], 'expected an object with apiVersion, kind and metadata')
  }
  const object = value as Readonly<Record<string, unknown>>
  const { kind = listKind, apiVersion, items } = object
  if (typeof kind !== 'string' || kind === '') return problem(['kind'], 'is required')
  if (typeof apiVersion !== 'string' || apiVersion === '') return problem(['apiVersion'], 'is required')
  if (kind.endsWith('List') && Array.isArray(items)) {
    for (const [i, item] of items.entries()) {
      const typed = typedItem(item, kind, apiVersion)
      collect(typed, { ...source, prefix: [...source.prefix, 'items', i] }, file, '', manifests, problems)
    }
    return
  }
  const row = rowByApiVersion(apiVersion, kind)
  manifests.push({ object, file, line: placeOf(source, []).line, apiVersion, kind, row, source })
}

/** Items of a `PodList` need not say that they are Pods. */
function typedItem(item: unknown, kind: string, apiVersion: string): unknown {
  if (kind === 'List' || typeof item !== 'object' || item === null) return item
  return { apiVersion, kind: kind.slice(0, -'List'.length), ...item }
}

/** Where a field stands; of one that is missing, where it should be: the nearest part around it. */
export function locate(
  manifest: Manifest,
  field: FieldPath | string,
): { readonly line: number; readonly column: number } {
  return placeOf(manifest.source, typeof field === 'string' ? parsePath(field) : field)
}

function placeOf({ document, lines, prefix }: ManifestSource, field: FieldPath): { line: number; column: number } {
  const path = [...prefix, ...field]
  for (let length = path.length; length > 0; length -= 1) {
    const start = startOf(document, path.slice(0, length))
    if (start !== undefined) return position(lines, start)
  }
  return position(lines, document.contents?.range[0] ?? 0)
}

/** Of a member its key, of a list's item its first character. */
function startOf(document: Document.Parsed<ParsedNode>, path: FieldPath): number | undefined {
  const last = path[path.length - 1]
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (isMap(parent)) {
    const pair = parent.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(last),
    )
    return isScalar(pair?.key) ? pair.key.range?.[0] : undefined
  }
  const node: unknown = document.getIn(path, true)
  const range: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, 'range') : undefined
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined
}

function position(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}
