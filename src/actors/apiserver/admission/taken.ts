import type { ApiObject } from '../../../events/json.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'

/** What a subresource takes that is not its resource's own kind. */
export interface TakenKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const core = (kind: string): TakenKind => ({ group: '', version: 'v1', kind })

/** Source: the rest.Storage of each subresource in pkg/registry, New and GroupVersionKind (v1.36). */
const TAKEN: Readonly<Record<string, TakenKind>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  binding: core('Binding'),
  exec: core('PodExecOptions'),
  attach: core('PodAttachOptions'),
  portforward: core('PodPortForwardOptions'),
}

/** Undefined where a subresource takes its resource's own kind, as `status` does. */
export const takenKind = ({ kind }: Pick<KindRow, 'kind'>, subresource: string): TakenKind | undefined =>
  subresource === 'proxy' ? core(`${kind}ProxyOptions`) : TAKEN[subresource]

export const apiVersionOf = ({ group, version }: TakenKind): string => (group === '' ? version : `${group}/${version}`)

/** What is written to or asked of a subresource, as admission sees it; it may have no name. */
export const takenObject = (taken: TakenKind, members: object): ApiObject => {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = members as Partial<ApiObject>
  return { kind: taken.kind, apiVersion: apiVersionOf(taken), ...rest } as ApiObject
}
