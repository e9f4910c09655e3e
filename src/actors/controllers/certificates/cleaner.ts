import type { Micros } from '../../../events/envelope.ts'
import { hours } from '../../../events/time.ts'
import { defineController } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { fromBase64 } from '../../../kubernetes/base64.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { CertificateSigningRequest } from '../../../kubernetes/types/certificates.ts'
import { notAfterOf } from '../../../kubernetes/x509/certificate.ts'
import { ACCOUNT, isIssued } from './verdict.ts'

/** Source: pkg/controller/certificates/cleaner/cleaner.go (v1.36). */
const EVERY: Micros = hours(1)
const AFTER_APPROVAL: Micros = hours(1)
const AFTER_DENIAL: Micros = hours(1)
const PENDING: Micros = hours(24)

/** Deletes requests that nobody needs any more. Source: cleaner.go, handle (v1.36). */
export const certificateCleanerController = defineController({
  name: 'certificatesigningrequest-cleaner-controller',
  account: ACCOUNT,
  kinds: ['CertificateSigningRequest'],
  workers: 1,
  memory: () => undefined,
  wakes: () => [],
  ticks: [
    {
      name: 'clean',
      every: EVERY,
      *run({ view, now }) {
        for (const request of view.list('CertificateSigningRequest')) {
          if (isOver(request, now)) yield request.metadata.name
        }
      },
    },
  ],

  *reconcile(name, world): Sync {
    const request = world.view.get('CertificateSigningRequest', undefined, name)
    // What cannot be deleted now is looked at again with all others.
    if (request !== undefined && isOver(request, world.now))
      yield* call({ verb: 'delete', kind: 'CertificateSigningRequest', name })
  },
})

function isOver(request: CertificateSigningRequest, now: Micros): boolean {
  const { metadata, status } = request
  const isOlder = (time: string | undefined, than: Micros): boolean => now - (parseTime(time ?? '') ?? now) > than
  const conditions = status?.conditions ?? []
  if (conditions.length === 0) return isOlder(metadata.creationTimestamp, PENDING)
  return conditions.some(({ type, lastUpdateTime }) => {
    if (type === 'Denied' || type === 'Failed') return isOlder(lastUpdateTime, AFTER_DENIAL)
    if (type !== 'Approved' || !isIssued(request)) return false
    const ends = notAfterOf(fromBase64(status?.certificate ?? ''))
    return isOlder(lastUpdateTime, AFTER_APPROVAL) || (ends !== undefined && ends < now)
  })
}
