import type { Webhook } from '../../../../kubernetes/types/admissionregistration.ts'
import { goQuote } from '../../../../kubernetes/validation/field-error.ts'
import type { ApiObject } from '../../../../events/json.ts'
import type { Status } from '../../../../kubernetes/status.ts'
import type { Procedure } from '../../procedure.ts'
import type { KindRow } from '../../../../kubernetes/registry.ts'
import { newUid } from '../../../../kubernetes/uid.ts'
import { callOut } from '../../webhook-client.ts'
import type { World } from '../../world.ts'
import type { Attributes } from '../admission.ts'
import { objectsIn, requestOf } from '../policy/variables.ts'

const DEFAULT_TIMEOUT_SECONDS = 10

/** What a webhook answers. Source: api/admission/v1/types.go, AdmissionResponse. */
export interface AdmissionResponse {
  readonly uid?: string
  readonly allowed?: boolean
  readonly status?: Partial<Status>
  /** A JSON patch in base64. */
  readonly patch?: string
  readonly patchType?: string
  readonly warnings?: readonly string[]
}

/** Asks a webhook, in a row's version. A `problem` tells what went wrong as its caller would. */
export function* callOne(
  webhook: Webhook,
  object: ApiObject,
  attributes: Attributes,
  row: KindRow,
  world: World,
  patches: boolean,
): Procedure<AdmissionResponse | { readonly problem: string }> {
  const uid = newUid(world.random)
  const request = { uid, ...requestOf(attributes, row, objectsIn(row, object, attributes)) }
  const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, clientConfig } = webhook
  const reply = yield* callOut({ clientConfig, timeoutSeconds }, { ...REVIEW, request }, world)
  if ('problem' in reply) return { problem: `failed to call webhook: ${reply.problem}` }
  const answered = reply.review as Review
  const problem = problemOf(answered, uid, patches)
  return problem === undefined
    ? (answered.response ?? {})
    : { problem: `received invalid webhook response: ${problem}` }
}

interface Review {
  readonly apiVersion?: string
  readonly kind?: string
  readonly response?: AdmissionResponse
}

const REVIEW = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }

/** Source: apiserver/pkg/admission/plugin/webhook/request/admissionreview.go, VerifyAdmissionResponse (v1.36). */
const problemOf = (
  { apiVersion = '', kind = '', response }: Review,
  uid: string,
  patches: boolean,
): string | undefined => {
  if (response === undefined) return 'webhook response was absent'
  if (response.uid !== uid) return `expected response.uid=${goQuote(uid)}, got ${goQuote(response.uid ?? '')}`
  if (apiVersion !== REVIEW.apiVersion || kind !== REVIEW.kind) {
    const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
    return `expected webhook response of ${REVIEW.apiVersion}, Kind=${REVIEW.kind}, got ${version}, Kind=${kind}`
  }
  const { patch = '', patchType } = response
  if (!patches || (patch === '' && patchType === undefined)) return undefined
  if (patch === '') return 'webhook returned response.patchType but not response.patch'
  if (patchType === undefined) return 'webhook returned response.patch but not response.patchType'
  return patchType === 'JSONPatch' ? undefined : `webhook returned invalid response.patchType of ${goQuote(patchType)}`
}
