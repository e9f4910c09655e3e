/** Whose request it is: what its connection and its headers prove or claim. The API server judges it. */
import type { TLSSocket } from 'node:tls'
import type { ClientUser } from '../cluster/listen.ts'
import type { EventData } from '../events/catalogue/index.ts'
import { singleHeader, type HttpRequest } from './reply.ts'

export type Caller = NonNullable<EventData<'ApiRequested'>['caller']>

type Identity = NonNullable<Caller['certificate']>

/** One look at the certificate per connection. `invalid`: there is one, but not of our authority. */
const known = new WeakMap<object, Identity | 'none' | 'invalid'>()

/*
 * A request is an input of its run, and inputs are kept: what they say of their callers is one object for each certificate,
 * however many connections and requests are made with it.
 */
const vouchedFor = new WeakMap<ClientUser, Identity>()
const certified = new Map<string, Identity>()
const callers = new WeakMap<Identity, Caller>()
/** There are as many as have been signed, which nothing bounds. */
const CERTIFIED_MAX = 1000

/** For a connection that has no certificates: who is at its other end. */
export const vouchFor = (connection: object, client: ClientUser): void => {
  const identity = vouchedFor.get(client) ?? { user: client.name, groups: client.groups ?? [] }
  vouchedFor.set(client, identity)
  known.set(connection, identity)
}

/** Undefined when the client's certificate is not to be trusted. */
export const callerOf = (request: HttpRequest): Caller | undefined => {
  const certificate = certificateOf(request)
  if (certificate === 'invalid') return undefined
  const bearer = bearerOf(singleHeader(request, 'authorization'))
  const impersonate = impersonationOf(request)
  if (certificate !== 'none' && bearer === undefined && impersonate === undefined) return callerBy(certificate)
  return {
    ...(certificate === 'none' ? {} : { certificate }),
    ...(bearer === undefined ? {} : { bearer }),
    ...(impersonate === undefined ? {} : { impersonate }),
  }
}

const callerBy = (certificate: Identity): Caller => {
  const before = callers.get(certificate)
  if (before !== undefined) return before
  const caller = { certificate }
  callers.set(certificate, caller)
  return caller
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
  const before = certified.get(fingerprint)
  if (before !== undefined) return before
  if (certified.size >= CERTIFIED_MAX) certified.clear()
  const identity = { user: [CN ?? ''].flat()[0] ?? '', groups: O === undefined ? [] : [O].flat(), fingerprint }
  certified.set(fingerprint, identity)
  return identity
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
