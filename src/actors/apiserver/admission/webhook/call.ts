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
  const version = versionFor(webhook)
  if (version === undefined) return { problem: 'webhook does not accept known AdmissionReview versions (v1, v1beta1)' }
  const asked = { apiVersion: `${GROUP}/${version}`, kind: KIND, request }
  const reply = yield* callOut({ clientConfig, timeoutSeconds }, asked, world)
  if ('problem' in reply) return { problem: `failed to call webhook: ${reply.problem}` }
  const answered = reply.review as Review
  const problem = version === 'v1' ? problemOf(answered, uid, patches) : absence(answered)
  return problem === undefined
    ? (answered.response ?? {})
    : { problem: `received invalid webhook response: ${problem}` }
}

interface Review {
  readonly apiVersion?: string
  readonly kind?: string
  readonly response?: AdmissionResponse
}

const GROUP = 'admission.k8s.io'
const KIND = 'AdmissionReview'

/** The first of the versions that a webhook takes that are known. Source: admissionreview.go, CreateAdmissionObjects. */
const versionFor = ({ admissionReviewVersions = [] }: Webhook): 'v1' | 'v1beta1' | undefined =>
  admissionReviewVersions.find((one) => one === 'v1' || one === 'v1beta1')

/** All that is asked of an answer in the older version. */
const absence = ({ response }: Review): string | undefined =>
  response === undefined ? 'webhook response was absent' : undefined

/** Source: apiserver/pkg/admission/plugin/webhook/request/admissionreview.go, VerifyAdmissionResponse (v1.36). */
const problemOf = (review: Review, uid: string, patches: boolean): string | undefined => {
  const { apiVersion = '', kind = '', response } = review
  if (response === undefined) return absence(review)
  if (response.uid !== uid) return `expected response.uid=${goQuote(uid)}, got ${goQuote(response.uid ?? '')}`
  if (apiVersion !== `${GROUP}/v1` || kind !== KIND) {
    const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
    return `expected webhook response of ${GROUP}/v1, Kind=${KIND}, got ${version}, Kind=${kind}`
  }
  const { patch = '', patchType } = response
  if (patch === '' && patchType === undefined) return undefined
  if (!patches) return `validating webhook may not return response.${patch === '' ? 'patchType' : 'patch'}`
  if (patch === '') return 'webhook returned response.patchType but not response.patch'
  if (patchType === undefined) return 'webhook returned response.patch but not response.patchType'
  return patchType === 'JSONPatch' ? undefined : `webhook returned invalid response.patchType of ${goQuote(patchType)}`
}
