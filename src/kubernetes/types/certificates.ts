/** Requests for certificates. Source: api/certificates/v1/types.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { ConditionStatus, Time } from './meta.ts'

export interface CertificateSigningRequestCondition {
  /** `Approved`, `Denied` or `Failed`. */
  readonly type: string
  readonly status: ConditionStatus
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: Time
  readonly lastTransitionTime?: Time
}

export interface CertificateSigningRequest extends ApiObject {
  readonly spec: {
    /** PEM of a PKCS#10 request, in base64. */
    readonly request: string
    readonly signerName: string
    readonly expirationSeconds?: number
    readonly usages?: readonly string[]
    /** Who asks: written by the server. */
    readonly username?: string
    readonly uid?: string
    readonly groups?: readonly string[]
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
  readonly status?: {
    readonly conditions?: readonly CertificateSigningRequestCondition[]
    /** PEM, in base64. */
    readonly certificate?: string
  }
}
