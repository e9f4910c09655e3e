import { templateHash } from '../../kubernetes/hash.ts'
import type { AuditLine } from './audit-line.ts'
import { isRecord, metadataOf } from './writes.ts'

const POD_TEMPLATE_HASH = 'pod-template-hash'
const SET_HASH = 'controller.kubernetes.io/hash'
const DAEMON_HASH = 'controller-revision-hash'

/**
 * The hashes of templates in a recording, and what ours are for the same templates: names are made of them.
 * A real one is the hash of a dump of a structure of Go's.
 */
export const ownHashes = (lines: readonly AuditLine[]): ReadonlyMap<string, string> => {
  const own = new Map<string, string>()
  for (const { verb, objectRef, responseObject, responseStatus } of lines) {
    if (verb !== 'create' || responseStatus?.code !== 201 || !isRecord(responseObject)) continue
    const labels = metadataOf(responseObject)['labels']
    if (!isRecord(labels)) continue
    const [recorded, ours] = hashesOf(objectRef?.resource, labels, responseObject)
    if (typeof recorded === 'string' && ours !== undefined) own.set(recorded, ours)
  }
  return own
}

const hashesOf = (resource: string | undefined, labels: Json, object: Json): readonly [unknown, string | undefined] => {
  if (resource === 'replicasets') return [labels[POD_TEMPLATE_HASH], hashOf(templateOf(object))]
  if (resource !== 'controllerrevisions') return [undefined, undefined]
  // A StatefulSet's revision is hashed as what it holds, a DaemonSet's as the template.
  if (labels[SET_HASH] !== undefined) return [labels[SET_HASH], templateHash(object['data'], 0)]
  const template = templateOf(isRecord(object['data']) ? object['data'] : {})
  return [labels[DAEMON_HASH], hashOf(template === undefined ? undefined : { ...template, $patch: undefined })]
}

const hashOf = (template: Json | undefined): string | undefined =>
  template === undefined ? undefined : templateHash(template)

type Json = Readonly<Record<string, unknown>>

/** A ReplicaSet's template as its Deployment has it. */
const templateOf = ({ spec }: Json): Json | undefined => {
  const template = isRecord(spec) ? spec['template'] : undefined
  if (!isRecord(template)) return undefined
  const { labels, ...metadata } = metadataOf(template)
  const { [POD_TEMPLATE_HASH]: _hash, ...rest } = isRecord(labels) ? labels : {}
  return { ...template, metadata: { ...metadata, labels: rest } }
}

/** A text with our hashes in the place of the recorded ones. */
export const withHashes = (text: string, own: ReadonlyMap<string, string>): string =>
  own.size === 0
    ? text
    : text.replace(new RegExp(`\\b(?:${[...own.keys()].join('|')})\\b`, 'g'), (hash) => own.get(hash) ?? hash)
