/**
 * Reads audit logs of a real kube-apiserver: JSON lines of audit.k8s.io/v1 Events.
 *
 * What no line has to say is left out. A line that is not JSON, or is no audit event, is refused with its number.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { parseTime } from '../../kubernetes/time.ts'

const objectRef = t.partial({
  resource: t.string,
  namespace: t.string,
  name: t.string,
  apiGroup: t.string,
  apiVersion: t.string,
  subresource: t.string,
})

const auditLine = t.intersection([
  t.type({
    auditID: t.string,
    stage: t.string,
    requestURI: t.string,
    verb: t.string,
    user: t.type({ username: t.string }),
    requestReceivedTimestamp: t.string,
  }),
  t.partial({
    userAgent: t.string,
    stageTimestamp: t.string,
    objectRef,
    responseStatus: t.partial({ code: t.number, reason: t.string, message: t.string }),
    requestObject: t.unknown,
    responseObject: t.unknown,
  }),
])

/** One request as the server logged it when it was answered. */
export type AuditLine = t.TypeOf<typeof auditLine>

/** Text of a file that may be compressed. @throws Error naming the file, where it is missing or cut off. */
export const readText = (path: string): string => {
  try {
    const bytes = readFileSync(path)
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Error(`${path}: ${code === 'ENOENT' ? 'no such file' : message}`, { cause: error })
  }
}

/** The lines of a log. @throws Error naming file and line. */
export const parseAuditLog = (log: string, path: string): readonly AuditLine[] =>
  log.split('\n').flatMap((text, index) => {
    if (text.trim() === '') return []
    const decoded = auditLine.decode(parse(text, `${path}:${index + 1}`))
    if (E.isLeft(decoded)) throw new Error(`${path}:${index + 1}: not an audit event`)
    const { requestReceivedTimestamp: received } = decoded.right
    if (parseTime(received) === undefined) throw new Error(`${path}:${index + 1}: ${received} is no time`)
    return decoded.right.stage === 'ResponseComplete' ? [decoded.right] : []
  })

const parse = (text: string, where: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
