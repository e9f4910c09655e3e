/** Answers with everything blanked out that may differ between two servers. The rules are those of the transcripts' README. */
import { isMembers, SUFFIX_PATTERN } from './translation.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g
const DATE_COLUMNS: ReadonlySet<string> = new Set(['Age', 'Last Seen', 'First Seen', 'Last Schedule', 'Duration'])

export const normal = (value: unknown, key = ''): unknown => {
  if (typeof value === 'string') return normalText(value, key)
  if (typeof value === 'number' && /nodePort/i.test(key)) return '<port>'
  if (Array.isArray(value)) {
    const items = key === 'managedFields' ? value.toSorted(byManager) : value
    return items.map((item) => normal(item, key))
  }
  if (!isMembers(value)) return value
  if (value['kind'] === 'SelfSubjectRulesReview' && isMembers(value['status'])) {
    return normal({ ...value, kind: 'SelfSubjectRulesReview as sets', status: asSets(value['status']) }, key)
  }
  const table = value['kind'] === 'Table' ? withoutAges(value) : withoutGenerated(value)
  const members = Object.entries(table)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, normal(member, name)]))
}

/** Rules come in no order. One is the recorded build's own. */
const asSets = (status: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const isOwn = (rule: unknown): boolean => JSON.stringify(rule).includes('"/.well-known/*"')
  const set = (rules: unknown): unknown =>
    Array.isArray(rules)
      ? rules
          .filter((rule) => !isOwn(rule))
          .map((rule) => normal(rule))
          .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : rules
  return { ...status, resourceRules: set(status['resourceRules']), nonResourceRules: set(status['nonResourceRules']) }
}

/** Names that were generated end in what chance has drawn. */
const withoutGenerated = (value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  typeof value['generateName'] === 'string' && typeof value['name'] === 'string'
    ? { ...value, name: '<generated>' }
    : value

const normalText = (text: string, key: string): string => {
  if (key === 'resourceVersion') return text === '' || text === '0' ? text : '<rv>'
  // One of possibly several bindings.
  if (key === 'reason' && text.startsWith('RBAC: allowed by ')) return 'RBAC: allowed by <binding>'
  if (key === 'continue') return text === '' ? text : '<continue>'
  if (key === 'token' && text.length > 40) return '<token>'
  if (key === 'n' || key === 'kid') return '<key>'
  if (key === 'gitCommit' || key === 'goVersion' || key === 'buildDate') return '<build>'
  if (key === 'serverAddress') return '<address>'
  // The day of a server's first start.
  if (key === 'since') return text.replace(/^\d{4}-\d\d-\d\d$/, '<day>')
  if (key === 'jwks_uri') return text.replace(/\/\/[^/]+/, '//<host>')
  const blanked = text
    .replace(UUID, '<uid>')
    .replace(TIME, (time) => (Number(time.slice(0, 4)) >= 2025 ? '<time>' : time))
    .replace(/(resource ?version:? |resourceVersion[:=]? ?|current: )"?\d+"?/gi, '$1<rv>')
    .replace(/too old resource version: \S+ \(\S+\)/g, 'too old resource version: <rv> (<rv>)')
    .replace(/in record \(\d+\)/g, 'in record (<rv>)')
    .replace(/10\.(96|20[01])\.\d+\.\d+/g, '<ip>')
    .replace(/:3[0-2]\d{3}\/(TCP|UDP|SCTP)/g, ':<port>/$1')
    .replace(/X509SHA256=[0-9a-f]+/g, 'X509SHA256=<hash>')
    .replace(/-----BEGIN [^-]+-----[\s\S]*?-----END [^-]+-----\n?/g, '<pem>')
    .replace(new RegExp(`kube-api-access-${SUFFIX_PATTERN}`, 'g'), 'kube-api-access-<x>')
    .replace(/serverAddress: \S+/g, 'serverAddress: <address>')
    .replace(/continue: \S+/g, 'continue: <continue>')
    .replace(/resourceVersion: "\d+"/g, 'resourceVersion: "<rv>"')
    .replace(/(resourceVersion\\":\\")\d+/g, '$1<rv>')
    .replace(ADDED_SOURCE, '')
    .replace(/^@@ -[\d,]+ \+[\d,]+ @@$/gm, '@@')
  return key === 'name' || key === 'generateName' || key === 'message' || key === 'cells'
    ? blanked.replace(new RegExp(`([-._])${SUFFIX_PATTERN}(?=$|")`, 'g'), '$1<x>')
    : blanked
}

/**
 * The recorded build's own source in the volume of tokens, where a message tells the difference of two Pods: everything behind
 * it stands on other lines.
 */
const ADDED_SOURCE =
  /,\n-     \{\n-      "Secret": null,\n-      "DownwardAPI": null,\n-      "ConfigMap": \{\n(-       .*\n)+-      \},\n-      "ServiceAccountToken": null,\n-      "ClusterTrustBundle": null,\n-      "PodCertificate": null\n-     \}(?=\n-    \],)/

const byManager = (a: unknown, b: unknown): number => {
  const [x, y] = [sortKey(a), sortKey(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

const sortKey = (entry: unknown): string =>
  isMembers(entry)
    ? ['manager', 'operation', 'apiVersion', 'subresource'].map((name) => String(entry[name] ?? '')).join('\u0000')
    : ''

const withoutAges = (table: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { columnDefinitions, rows } = table
  if (!Array.isArray(rows)) return table
  const columns: readonly unknown[] = Array.isArray(columnDefinitions) ? columnDefinitions : []
  const ages = columns.map(
    (column) => isMembers(column) && (DATE_COLUMNS.has(String(column['name'])) || column['type'] === 'date'),
  )
  return {
    ...table,
    // Descriptions are upstream's sentences: not required.
    columnDefinitions:
      columnDefinitions && columns.map((column) => isMembers(column) && { ...column, description: '' }),
    rows: rows.toSorted(byOwnerOfAddress).map((row: unknown) => {
      const cells = isMembers(row) ? row['cells'] : undefined
      if (!isMembers(row) || !Array.isArray(cells)) return row
      const shown = cells.map((cell: unknown, i) => {
        // All but the first Table of a watch come without columns, and those of addresses with one too few.
        if (
          (ages[i] === true || i >= columns.length) &&
          typeof cell === 'string' &&
          /^(\d+[smhdy])+$|^<time>$|^\d{4}-/.test(cell)
        )
          return '<age>'
        return typeof cell === 'string' ? cell.replace(/\((\d+[smhdy])+ ago\)/, '(<age> ago)') : cell
      })
      return { ...row, cells: shown }
    }),
  }
}

/** Addresses are drawn by chance, and so is their order. */
const byOwnerOfAddress = (a: unknown, b: unknown): number => {
  const [x, y] = [ownerOfAddress(a), ownerOfAddress(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

const ownerOfAddress = (row: unknown): string => {
  const cells = isMembers(row) ? row['cells'] : undefined
  if (!Array.isArray(cells) || !/^10\.96\.\d+\.\d+$/.test(String(cells[0]))) return ''
  return String(cells[1])
}

/** Where two normal values differ, member by member. */
export const differences = (want: unknown, got: unknown, at = ''): readonly string[] => {
  if (JSON.stringify(want) === JSON.stringify(got)) return []
  if (isMembers(want) && isMembers(got)) {
    const keys = [...new Set([...Object.keys(want), ...Object.keys(got)])]
    return keys.flatMap((key) => differences(want[key], got[key], `${at}.${key}`))
  }
  if (Array.isArray(want) && Array.isArray(got) && want.length === got.length) {
    return want.flatMap((item, i) => differences(item, got[i], `${at}[${i}]`))
  }
  if (Array.isArray(want) && Array.isArray(got)) return [`${at}: ${want.length} items ≠ ${got.length} items`]
  const same = typeof want === 'string' && typeof got === 'string' ? sharedStart(want, got) : 0
  if (same > SHOWN_BEFORE) {
    const from = same - SHOWN_BEFORE
    return [`${at}: …${short(String(want).slice(from))} ≠ …${short(String(got).slice(from))}`]
  }
  return [`${at}: ${short(want)} ≠ ${short(got)}`]
}

/** Characters shown before the first that differs, in texts that begin alike. */
const SHOWN_BEFORE = 60

function sharedStart(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
