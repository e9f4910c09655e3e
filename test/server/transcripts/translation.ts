/** Values that differ between two servers: learnt from their answers side by side, and put into what is sent next. */

type Members = Readonly<Record<string, unknown>>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const TOKEN_KEYS: ReadonlySet<string> = new Set(['continue', 'token'])
const ADDRESS_KEYS: ReadonlySet<string> = new Set(['clusterIP', 'clusterIPs'])
const TIME_KEYS: ReadonlySet<string> = new Set(['creationTimestamp', 'deletionTimestamp'])

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export class Translation {
  private readonly texts = new Map<string, string>()
  private readonly versions = new Map<string, string>()
  private readonly ports = new Map<number, number>()
  private latest = { recorded: 0, actual: 0 }

  path(path: string): string {
    const mark = path.indexOf('?')
    if (mark < 0) return this.text(path)
    const query = path
      .slice(mark + 1)
      .split('&')
      .map((part) => {
        const [name = '', value = ''] = part.split('=')
        if (name === 'resourceVersion') return `${name}=${this.version(value)}`
        const decoded = decode(value)
        const translated = this.text(decoded)
        return translated === decoded ? part : `${name}=${encodeURIComponent(translated)}`
      })
    return `${this.text(path.slice(0, mark))}?${query.join('&')}`
  }

  body(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return key === 'resourceVersion' ? this.version(value) : this.text(value)
    if (typeof value === 'number') return /nodePort/i.test(key) ? (this.ports.get(value) ?? value) : value
    if (Array.isArray(value)) return value.map((item) => this.body(item, key))
    if (!isMembers(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.body(member, name)]))
  }

  header(value: string): string {
    return this.text(value)
  }

  learn(recorded: unknown, actual: unknown, key = ''): void {
    if (Array.isArray(recorded) && Array.isArray(actual)) {
      recorded.forEach((item, i) => this.learn(item, actual[i], key))
    } else if (isMembers(recorded) && isMembers(actual)) {
      for (const name of Object.keys(recorded)) this.learn(recorded[name], actual[name], name)
      this.learnGenerated(recorded, actual)
    } else if (typeof recorded === 'string' && typeof actual === 'string') this.learnText(recorded, actual, key)
    else if (typeof recorded === 'number' && typeof actual === 'number' && /nodePort/i.test(key)) {
      this.ports.set(recorded, actual)
    }
  }

  /** The name of an answer's form, by which its client asks whether it has changed. */
  learnTag(recorded: unknown, actual: unknown): void {
    if (typeof recorded === 'string' && typeof actual === 'string') this.texts.set(recorded, actual)
  }

  private learnGenerated(recorded: Members, actual: Members): void {
    const [from, to] = [recorded['name'], actual['name']]
    if (typeof recorded['generateName'] === 'string' && typeof from === 'string' && typeof to === 'string') {
      this.texts.set(from, to)
    }
  }

  private learnText(recorded: string, actual: string, key: string): void {
    if (key === 'resourceVersion') {
      this.versions.set(recorded, actual)
      if (Number(recorded) > this.latest.recorded) this.latest = { recorded: Number(recorded), actual: Number(actual) }
      return
    }
    if (recorded === actual || recorded === '') return
    if (key === 'serverRelativeURL') {
      this.texts.set(hashIn(recorded), hashIn(actual))
      return
    }
    const own =
      UUID.test(recorded) ||
      TOKEN_KEYS.has(key) ||
      (ADDRESS_KEYS.has(key) && /^10\.96\./.test(recorded)) ||
      TIME_KEYS.has(key) ||
      /^kube-api-access-/.test(recorded) ||
      (key === 'name' && stem(recorded) === stem(actual) && stem(recorded) !== recorded)
    if (own) this.texts.set(recorded, actual)
  }

  private text(text: string): string {
    const whole = this.texts.get(text)
    if (whole !== undefined) return whole
    let translated = text
    for (const [from, to] of this.texts) if (translated.includes(from)) translated = translated.replaceAll(from, to)
    return translated
  }

  /** One that is larger than all seen means "in the future". */
  private version(text: string): string {
    const known = this.versions.get(text)
    if (known !== undefined) return known
    const ahead = Number(text) - this.latest.recorded
    return /^\d+$/.test(text) && this.latest.recorded > 0 && ahead > 0 ? String(this.latest.actual + ahead) : text
  }
}

/** What names a document's content in its address. */
const hashIn = (url: string): string => url.slice(url.indexOf('hash=') + 'hash='.length)

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const SUFFIX_PATTERN = '[bcdfghjklmnpqrstvwxz2456789]{5}'
const stem = (name: string): string => name.replace(new RegExp(`${SUFFIX_PATTERN}$`), '')
