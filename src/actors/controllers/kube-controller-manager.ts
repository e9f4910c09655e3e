import type { Controller } from '../../engine/client/controller.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import { deploymentController } from './deployment/deployment.ts'
import { endpointSliceController } from './endpointslice/endpointslice.ts'
import { garbageCollectorController } from './garbage-collector/garbage-collector.ts'
import { namespaceController } from './namespace/namespace.ts'
import { nodeIpamController } from './node-ipam/node-ipam.ts'
import { nodeLifecycleController } from './node-lifecycle/node-lifecycle.ts'
import { podGcController } from './pod-gc/pod-gc.ts'
import { replicaSetController } from './replicaset/replicaset.ts'
import { rootCaController } from './serviceaccount/root-ca.ts'
import { serviceAccountController } from './serviceaccount/serviceaccount.ts'
import { taintEvictionController } from './taint-eviction/taint-eviction.ts'

/** Events and Leases own nothing and are owned by nothing that matters; upstream ignores Events too. */
const NOT_COLLECTED: readonly Kind[] = ['Event']

/** The controllers of kube-controller-manager. Source: cmd/kube-controller-manager/app/controllermanager.go (v1.36). */
export const kubeControllerManager = (kinds: {
  readonly served: readonly Kind[]
  readonly namespaced: readonly Kind[]
}): readonly Controller[] => [
  serviceAccountController,
  rootCaController,
  namespaceController(kinds.namespaced),
  garbageCollectorController(kinds.served.filter((kind) => !NOT_COLLECTED.includes(kind))),
  deploymentController,
  replicaSetController(),
  endpointSliceController,
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  podGcController,
]
