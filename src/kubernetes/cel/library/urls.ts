/**
 * URLs. Source: apiserver/pkg/cel/library/urls.go (v1.36); Go's net/url.
 * Abridged: why a text is no URL is told in general words.
 */
import { Fault, Opaque } from '../values.ts'
import type { Library } from './register.ts'

interface Parts {
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string
}

export class Url extends Opaque {
  readonly text: string
  readonly parts: Parts

  constructor(text: string, parts: Parts) {
    super()
    this.text = text
    this.parts = parts
  }

  equals(other: Opaque): boolean {
    return other instanceof Url && other.text === this.text
  }
}

const SHAPE = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/
const HOST = /^([a-zA-Z0-9\-._~!$&'()*+,;=%]*|\[[0-9a-fA-F:.%a-z]*\])(:\d*)?$/

/** Either absolute or a path from the root. The parts; undefined for other texts. */
export function parseUrl(text: string): Parts | undefined {
  if (text === '' || /[\x00-\x1f\x7f]/.test(text)) return undefined
  const [, scheme = '', authority = '', path = '', query = ''] = SHAPE.exec(text) ?? []
  if (scheme === '' && !text.startsWith('/')) return undefined
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  if (!HOST.test(host) || /%(?![0-9a-fA-F]{2})/.test(path)) return undefined
  return { scheme: scheme.toLowerCase(), host, path, query }
}

function url(text: string): Url {
  const parts = parseUrl(text)
  if (parts !== undefined) return new Url(text, parts)
  const words = `parse ${JSON.stringify(text)}: invalid URI for request`
  throw new Fault(`URL parse error during conversion from string: ${words}`)
}

/** What may not stand in a path, in percents. */
const escaped = (path: string): string =>
  path.replace(/[^a-zA-Z0-9\-._~!$&'()*+,;=:@/%[\]]/gu, (char) => encodeURIComponent(char))

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function queryOf({ parts: { query } }: Url): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const [key = '', ...rest] = part.split('=')
    const name = unescaped(key)
    const values = found.get(name) ?? []
    values.push(unescaped(rest.join('=')))
    found.set(name, values)
  }
  return found
}

export const urls: Library = {
  'url(string): kubernetes.URL': url,
  'isURL(string): bool': (text: string) => parseUrl(text) !== undefined,
  '<kubernetes.URL>.getScheme(): string': ({ parts }: Url) => parts.scheme,
  '<kubernetes.URL>.getHost(): string': ({ parts }: Url) => parts.host,
  '<kubernetes.URL>.getHostname(): string': ({ parts }: Url) => parts.host.replace(/:\d*$/, '').replace(/^\[|\]$/g, ''),
  '<kubernetes.URL>.getPort(): string': ({ parts }: Url) => /:(\d*)$/.exec(parts.host)?.[1] ?? '',
  '<kubernetes.URL>.getEscapedPath(): string': ({ parts }: Url) => escaped(parts.path),
  '<kubernetes.URL>.getQuery(): map(string, list(string))': queryOf,
}
