import { templateHash } from '../../kubernetes/hash.ts'
import type { AuditLine } from './audit-line.ts'
import { isRecord, metadataOf } from './writes.ts'

const POD_TEMPLATE_HASH = 'pod-template-hash'
const REVISION_HASH = 'controller.kubernetes.io/hash'

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
    const recorded = labels[objectRef?.resource === 'replicasets' ? POD_TEMPLATE_HASH : REVISION_HASH]
    const source = objectRef?.resource === 'replicasets' ? templateOf(responseObject) : responseObject['data']
    if (typeof recorded === 'string' && source !== undefined) own.set(recorded, templateHash(source))
  }
  return own
}

/** A ReplicaSet's template as its Deployment has it. */
const templateOf = ({ spec }: Readonly<Record<string, unknown>>): unknown => {
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
