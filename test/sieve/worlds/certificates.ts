import { certificateApprovingController } from '../../../src/actors/controllers/certificates/approving.ts'
import { certificateCleanerController } from '../../../src/actors/controllers/certificates/cleaner.ts'
import { certificateSigningController } from '../../../src/actors/controllers/certificates/signing.ts'
import { hours } from '../../../src/events/time.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { toBase64 } from '../../../src/kubernetes/base64.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import type { CertificateSigningRequest } from '../../../src/kubernetes/types/certificates.ts'
import { KUBELET_CLIENT_REQUEST, PERSON_REQUEST } from '../../support/certificate-requests.ts'
import { made } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

const KIND = 'CertificateSigningRequest'
const usages = ['digital signature', 'client auth']

const ofKubelet = (name: string): ReturnType<typeof made> =>
  made(KIND, name, {
    spec: {
      request: toBase64(KUBELET_CLIENT_REQUEST),
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      username: 'system:bootstrap:abcdef',
      usages,
    },
  })

const ofPerson = made(KIND, 'jane', {
  spec: { request: toBase64(PERSON_REQUEST), signerName: 'kubernetes.io/kube-apiserver-client', usages },
})

const judge = (stage: Stage, name: string, type: 'Approved' | 'Denied'): void =>
  stage.change(KIND, name, (one) => {
    const condition = { type, status: 'True' as const, reason: 'Person', lastUpdateTime: rfc3339(stage.now) }
    return { ...one, status: { ...one.status, conditions: [...(one.status?.conditions ?? []), condition] } }
  })

const isSigned = (stage: Stage, name: string): boolean => stage.get(KIND, name)?.status?.certificate !== undefined

/** Serial numbers are drawn, and times are those of the signing: whether there is a certificate is what counts. */
const outcome = (object: ApiObject): unknown => {
  const { status, metadata } = object as CertificateSigningRequest
  const conditions = status?.conditions?.map(({ type, reason }) => `${type} ${reason ?? ''}`)
  return { metadata, status: { conditions, isSigned: status?.certificate !== undefined } }
}

/** Kubelets ask and are served; a person's request waits for somebody, and another's is denied. */
export const certificates: SmallWorld = {
  name: 'certificatesigningrequest-signing-controller',
  controllers: () => [certificateApprovingController, certificateSigningController],
  given: [ofKubelet('first')],
  steps: 8,
  script: {
    1: (stage) =>
      stage.put(ofKubelet('second'), ofPerson, {
        ...ofPerson,
        metadata: { ...ofPerson.metadata, name: 'joe', uid: 'uid-joe' },
      }),
    3: (stage) => judge(stage, 'jane', 'Approved'),
    4: (stage) => judge(stage, 'joe', 'Denied'),
  },
  never: (stage) => (isSigned(stage, 'joe') ? 'what was denied is signed' : undefined),
  finally: (stage) =>
    ['first', 'second', 'jane'].every((name) => isSigned(stage, name)) ? undefined : 'a request is not signed',
  outcome,
}

/** Two are denied at different times, a third waits. */
export const certificateCleaning: SmallWorld = {
  name: 'certificatesigningrequest-cleaner-controller',
  controllers: () => [certificateCleanerController],
  given: [ofKubelet('early'), ofKubelet('late'), ofKubelet('waits')],
  step: hours(1),
  steps: 5,
  settle: hours(3),
  script: {
    0: (stage) => judge(stage, 'early', 'Denied'),
    2: (stage) => judge(stage, 'late', 'Denied'),
  },
  never: (stage) => (stage.get(KIND, 'waits') === undefined ? 'one that may still be approved is gone' : undefined),
  finally: (stage) => (stage.list(KIND).length === 1 ? undefined : 'a denied request stays'),
}
