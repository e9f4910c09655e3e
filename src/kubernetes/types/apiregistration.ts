/** Groups of the API that other servers serve. Source: kube-aggregator/pkg/apis/apiregistration/v1/types.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Condition } from './meta.ts'

export interface APIService extends ApiObject {
  readonly spec: {
    /** Absent: this server serves it itself. */
    readonly service?: { readonly namespace?: string; readonly name?: string; readonly port?: number }
    readonly group?: string
    readonly version?: string
    readonly insecureSkipTLSVerify?: boolean
    readonly caBundle?: string
    readonly groupPriorityMinimum: number
    readonly versionPriority: number
  }
  readonly status?: { readonly conditions?: readonly Condition[] }
}
