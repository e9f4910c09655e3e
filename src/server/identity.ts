/** Whose request it is: what its connection and its headers prove or claim. The API server judges it. */
import type { TLSSocket } from 'node:tls'
import type { ClientUser } from '../cluster/listen.ts'
import type { EventData } from '../events/catalogue/index.ts'
import { singleHeader, type HttpRequest } from './reply.ts'

export type Caller = NonNullable<EventData<'ApiRequested'>['caller']>

type Identity = NonNullable<Caller['certificate']>

/** One look at the certificate per connection. `invalid`: there is one, but not of our authority. */
const known = new WeakMap<object, Identity | 'none' | 'invalid'>()

/** For a connection that has no certificates: who is at its other end. */
export const vouchFor = (connection: object, { name, groups = [] }: ClientUser): void => {
  known.set(connection, { user: name, groups })
}

/** Undefined when the client's certificate is not to be trusted. */
export const callerOf = (request: HttpRequest): Caller | undefined => {
  const certificate = certificateOf(request)
  if (certificate === 'invalid') return undefined
  const bearer = bearerOf(singleHeader(request, 'authorization'))
  const impersonate = impersonationOf(request)
  return {
    ...(certificate === 'none' ? {} : { certificate }),
    ...(bearer === undefined ? {} : { bearer }),
    ...(impersonate === undefined ? {} : { impersonate }),
  }
}

const certificateOf = (request: HttpRequest): Identity | 'none' | 'invalid' => {
  const session = 'stream' in request ? request.stream.session : undefined
  // The session's socket is a TLS socket: the server speaks nothing else.
  const socket = (session?.socket ?? request.socket) as TLSSocket
  const key = session ?? socket
  const before = known.get(key)
  if (before !== undefined) return before
  const identity = identityOf(socket)
  known.set(key, identity)
  return identity
}

const identityOf = (socket: TLSSocket): Identity | 'none' | 'invalid' => {
  const certificate = socket.getPeerCertificate()
  // Node gives an empty object where there is none.
  if (Object.keys(certificate).length === 0) return 'none'
  if (!socket.authorized) return 'invalid'
  const { CN, O } = certificate.subject as {
    readonly CN?: string | readonly string[]
    readonly O?: string | readonly string[]
  }
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase()
  return { user: [CN ?? ''].flat()[0] ?? '', groups: O === undefined ? [] : [O].flat(), fingerprint }
}

/** Source: apiserver/pkg/authentication/request/bearertoken/bearertoken.go. */
const bearerOf = (header: string | undefined): string | undefined => {
  const [scheme = '', token = ''] = (header ?? '').trim().split(' ')
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined
}

const EXTRA = 'impersonate-extra-'

const impersonationOf = (request: HttpRequest): Caller['impersonate'] => {
  const user = singleHeader(request, 'impersonate-user')
  const uid = singleHeader(request, 'impersonate-uid')
  const groups = valuesOf(request, 'impersonate-group')
  const extra: Record<string, readonly string[]> = {}
  for (const name of Object.keys(request.headers)) {
    if (name.startsWith(EXTRA)) extra[unescaped(name.slice(EXTRA.length))] = valuesOf(request, name)
  }
  const hasExtra = Object.keys(extra).length > 0
  if (user === undefined && uid === undefined && groups.length === 0 && !hasExtra) return undefined
  return {
    ...(user === undefined ? {} : { user }),
    ...(uid === undefined ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(hasExtra ? { extra } : {}),
  }
}

/** All values of a header that may come several times; Node joins those of unknown headers. */
const valuesOf = (request: HttpRequest, name: string): readonly string[] => {
  const values: string[] = []
  const { rawHeaders } = request
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '')
  }
  return values
}

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
