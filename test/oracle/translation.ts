/** Values that differ between two servers: learnt from their answers side by side, put into what is sent, blanked out to compare. */
type Json = Record<string, unknown>

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const SUFFIX = '[bcdfghjklmnpqrstvwxz2456789]{5}'
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

export class Translation {
  private readonly texts = new Map<string, string>()
  private readonly versions = new Map<string, string>()
  private readonly names = new Map<string, string>()
  private latest = { recorded: 0, actual: 0 }

  /** A path or query. */
  ofText(text: string): string {
    return this.inText(text).replace(
      /resourceVersion=(\d+)/,
      (_all, version: string) => `resourceVersion=${this.version(version)}`,
    )
  }

  /** A body to send. */
  ofBody(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return key === 'resourceVersion' ? this.version(value) : this.inText(value)
    if (Array.isArray(value)) return value.map((item) => this.ofBody(item, key))
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.ofBody(member, name)]))
  }

  learn(recorded: unknown, actual: unknown, key = ''): void {
    if (Array.isArray(recorded) && Array.isArray(actual)) {
      recorded.forEach((item, i) => this.learn(item, actual[i], key))
      return
    }
    if (isObject(recorded) && isObject(actual)) {
      for (const name of Object.keys(recorded)) this.learn(recorded[name], actual[name], name)
      return
    }
    if (typeof recorded !== 'string' || typeof actual !== 'string' || recorded === actual) return
    if (key === 'resourceVersion') this.learnVersion(recorded, actual)
    else if (isOwn(recorded, key)) this.texts.set(recorded, actual)
    else if (key === 'name' && stem(recorded) === stem(actual)) this.names.set(recorded, actual)
  }

  /** A value with everything blanked out that may differ. */
  normal(value: unknown, key = ''): unknown {
    if (value === undefined) return undefined
    if (typeof value === 'string') return normalText(value, key)
    if (key === 'nodePort' || key === 'healthCheckNodePort') return '<port>'
    if (Array.isArray(value)) return value.map((item) => this.normal(item, key))
    if (!isObject(value)) return value
    const members = Object.entries(value).filter(
      ([name, member]) => name !== 'managedFields' && member !== undefined && member !== null,
    )
    return Object.fromEntries(
      members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, this.normal(member, name)]),
    )
  }

  private inText(text: string): string {
    let translated = text
    for (const table of [this.texts, this.names])
      for (const [from, to] of table) translated = translated.replaceAll(from, to)
    return translated
  }

  private learnVersion(recorded: string, actual: string): void {
    this.versions.set(recorded, actual)
    if (Number(recorded) > this.latest.recorded) this.latest = { recorded: Number(recorded), actual: Number(actual) }
  }

  private version(text: string): string {
    const known = this.versions.get(text)
    if (known !== undefined) return known
    const ahead = Number(text) - this.latest.recorded
    return /^\d+$/.test(text) && ahead > 0 ? String(this.latest.actual + ahead) : text
  }
}

const isOwn = (text: string, key: string): boolean =>
  new RegExp(`^${UUID.source}$`).test(text) ||
  /^10\.(96|20[01])\./.test(text) ||
  /^kube-api-access-/.test(text) ||
  key === 'continue' ||
  (key === 'token' && text.startsWith('eyJ')) ||
  key === 'creationTimestamp' ||
  key === 'deletionTimestamp'

const stem = (name: string): string => name.replace(new RegExp(`${SUFFIX}$`), '')

export interface Outcome {
  readonly code: number
  readonly body: unknown
}

/** Where two answers differ: of different codes, by what is said; else member by member. */
export const outcomeDifferences = (want: Outcome, got: Outcome): readonly string[] => {
  if (want.code === got.code) return differences(want.body, got.body)
  return [`${want.code} ${messageOf(want.body)} ≠ ${got.code} ${messageOf(got.body)}`]
}

const messageOf = (body: unknown): string => (isObject(body) ? String(body['message'] ?? body['kind']) : '')

const differences = (want: unknown, got: unknown, at = ''): readonly string[] => {
  if (JSON.stringify(want) === JSON.stringify(got)) return []
  if (isObject(want) && isObject(got)) {
    const keys = [...new Set([...Object.keys(want), ...Object.keys(got)])]
    return keys.flatMap((key) => differences(want[key], got[key], `${at}.${key}`))
  }
  if (Array.isArray(want) && Array.isArray(got) && want.length === got.length) {
    return want.flatMap((item, i) => differences(item, got[i], `${at}[${i}]`))
  }
  return [`${at}: ${JSON.stringify(want)} ≠ ${JSON.stringify(got)}`]
}

const normalText = (text: string, key: string): string => {
  if (key === 'continue') return '<continue>'
  if (key === 'resourceVersion') return text === '' || text === '0' ? text : '<rv>'
  if (key !== 'name' && key !== 'message') return blank(text)
  // The end of a generated name: its alphabet has no vowels and few digits.
  return blank(text).replace(new RegExp(`${SUFFIX}(?=$|")`), '<x>')
}

const blank = (text: string): string => {
  if (/^\d{4}-\d\d-\d\dT/.test(text) && Number(text.slice(0, 4)) >= 2025) return '<time>'
  return text
    .replace(UUID, '<uid>')
    .replace(/X509SHA256=[0-9a-f]+/g, 'X509SHA256=<hash>')
    .replace(/ResourceVersion in record \(\d+\)/g, 'ResourceVersion in record (<n>)')
    .replace(/(resource version:? |current: )\d+/gi, '$1<n>')
    .replace(/10\.(96|20[01])\.\d+\.\d+/g, '<ip>')
    .replace(new RegExp(`kube-api-access-${SUFFIX}`), 'kube-api-access-<x>')
}
