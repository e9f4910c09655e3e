/** In which form the answer of a request is wanted. */
import { isStatus, type Status } from '../kubernetes/status.ts'
import { COMPONENT_STATUS } from '../kubernetes/unstored-kinds.ts'
import {
  LIST_TYPES,
  negotiate,
  NO_TRANSFORMS,
  notAcceptable,
  OBJECT_TYPES,
  STREAM_TYPES,
  TRANSFORMS,
  unacceptable,
  type Accepted,
} from './media-types.ts'
import { singleHeader, type Reply } from './reply.ts'
import type { ResourceTarget, Verb } from './resources.ts'

export const acceptedFor = (
  reply: Reply,
  target: ResourceTarget,
  verb: Verb,
  query: URLSearchParams,
): Accepted | Status => {
  const header = singleHeader(reply.request, 'accept') ?? ''
  const isList = verb === 'list' || verb === 'watch'
  const refused = unacceptable(header, isList ? LIST_TYPES : OBJECT_TYPES)
  if (refused !== undefined) return refused
  const accepted = negotiate(
    header,
    target.row === undefined && target.kind !== COMPONENT_STATUS.kind ? NO_TRANSFORMS : TRANSFORMS,
    target.fact.custom === undefined ? 'all' : 'metadata',
  )
  if (isStatus(accepted)) return accepted
  // Source: apiserver/pkg/endpoints/handlers/negotiation/negotiate.go, NegotiateOutputMediaTypeStream.
  if (verb === 'watch' && accepted.encoding === 'yaml') {
    return notAcceptable(`only the following media types are accepted: ${STREAM_TYPES.join(', ')}`)
  }
  if (accepted.pretty) return accepted
  return { ...accepted, pretty: wantsPretty(query, singleHeader(reply.request, 'user-agent') ?? '') }
}

/** Source: apiserver/pkg/endpoints/handlers/negotiation/negotiate.go, isPrettyPrint. */
const wantsPretty = (query: URLSearchParams, userAgent: string): boolean => {
  const asked = query.get('pretty')
  if (asked !== null) return asked === '1' || asked === 'true' || asked === ''
  return userAgent.startsWith('curl') || userAgent.startsWith('Wget') || userAgent.startsWith('Mozilla/5.0')
}
