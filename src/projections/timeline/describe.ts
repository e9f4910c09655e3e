import type { ApiObject } from '../../events/json.ts'
import type { Kind, KindMap } from '../../kubernetes/kinds.ts'
import { describeConfiguration } from './configuration.ts'
import { describeDaemonSet } from './daemonset.ts'
import { describeDeployment } from './deployment.ts'
import { describeJob } from './job.ts'
import { describeNamespace } from './namespace.ts'
import { describeNode } from './node.ts'
import { describePersistentVolumeClaim } from './persistentvolumeclaim.ts'
import { describePod } from './pod.ts'
import { describeReplicaSet } from './replicaset.ts'
import { describeService } from './service.ts'
import { describeStatefulSet } from './statefulset.ts'

/**
 * What a change of one object means to a person: predicates without a subject (`bound to node-2`), most of them none.
 * Pure; `before` undefined is a creation, `after` undefined a deletion.
 */
export type Describe<O extends ApiObject = ApiObject> = (
  before: O | undefined,
  after: O | undefined,
) => readonly string[]

/** Kinds that are not here have nothing to say: Leases, Events, tokens, slices (see endpoints.ts). */
const byKind: { readonly [K in Kind]?: Describe<KindMap[K]> } = {
  ConfigMap: describeConfiguration,
  DaemonSet: describeDaemonSet,
  Deployment: describeDeployment,
  Job: describeJob,
  LimitRange: describeConfiguration,
  Namespace: describeNamespace,
  Node: describeNode,
  PersistentVolumeClaim: describePersistentVolumeClaim,
  Pod: describePod,
  PodDisruptionBudget: describeConfiguration,
  PriorityClass: describeConfiguration,
  ReplicaSet: describeReplicaSet,
  ResourceQuota: describeConfiguration,
  Secret: describeConfiguration,
  Service: describeService,
  StatefulSet: describeStatefulSet,
  StorageClass: describeConfiguration,
}

/** Whether the creation of an object of this kind, in small letters, is told of by the object itself. */
export const tellsOfCreation = (kind: string): boolean => DESCRIBED.has(kind)

const DESCRIBED: ReadonlySet<string> = new Set(Object.keys(byKind).map((kind) => kind.toLowerCase()))

/** What a change means, for any kind. Both objects are of that kind. */
export const describe = (kind: Kind, before: ApiObject | undefined, after: ApiObject | undefined): readonly string[] =>
  (byKind[kind] as Describe | undefined)?.(before, after) ?? []
