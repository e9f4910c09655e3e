import { either } from 'fp-ts'
import { fromBase64, toBase64 } from '../../../kubernetes/base64.ts'

/** Where a list goes on: after which key, at which revision. -1: at whatever is newest, so that the list is not one of one moment. */
export interface Continue {
  readonly revision: number
  /** Keys from here on, below the collection's own: `/default/web\0`. */
  readonly start: string
}

const VERSION = 'meta.k8s.io/v1'
const INCONSISTENT = -1

/** Source: apiserver/pkg/storage/continue.go, EncodeContinue and DecodeContinue (v1.36). */
export const encodeContinue = (start: string, revision: number): string => {
  const token = JSON.stringify({ v: VERSION, rv: revision, start })
  return toBase64(token).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

/** The token with which a list may go on although its revision is gone. */
export const inconsistently = ({ start }: Continue): string => encodeContinue(start, INCONSISTENT)

/** Left: why it is none. */
export const decodeContinue = (token: string): either.Either<string, Continue> => {
  const invalid = (why: string): either.Either<string, Continue> =>
    either.left(`invalid continue token: continue key is not valid: ${why}`)
  const at = illegalByte(token)
  if (at >= 0) return invalid(`illegal base64 data at input byte ${at}`)
  const value = parsed(fromBase64(token.replace(/-/g, '+').replace(/_/g, '/')))
  if (value === undefined) return invalid('unexpected end of JSON input')
  const { v = '', rv = 0, start = '' } = value
  if (v !== VERSION) return invalid(`server does not recognize this encoded version ${JSON.stringify(v)}`)
  if (rv === 0) return invalid(`incorrect encoded start resourceVersion (version ${VERSION})`)
  if (start === '') return invalid(`encoded start key empty (version ${VERSION})`)
  const key = start.startsWith('/') ? start : `/${start}`
  if (key.split('/').some((part, i) => i > 0 && (part === '' || part === '.' || part === '..'))) return invalid(start)
  return either.right({ revision: rv, start: key })
}

interface Token {
  readonly v?: string
  readonly rv?: number
  readonly start?: string
}

const parsed = (text: string): Token | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Where raw base64 of URLs breaks off; -1 for nowhere. Source: encoding/base64, Encoding.decodeQuantum. */
const illegalByte = (token: string): number => {
  const bad = /[^A-Za-z0-9_-]/.exec(token)
  if (bad !== null) return bad.index
  return token.length % 4 === 1 ? token.length - 1 : -1
}
