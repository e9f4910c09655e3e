import type { Controller } from '../../engine/client/controller.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import { bootstrapSignerController } from './bootstrap/bootstrap-signer.ts'
import { tokenCleanerController } from './bootstrap/token-cleaner.ts'
import { certificateApprovingController } from './certificates/approving.ts'
import { certificateCleanerController } from './certificates/cleaner.ts'
import { certificateSigningController } from './certificates/signing.ts'
import { clusterRoleAggregationController } from './clusterrole-aggregation/clusterrole-aggregation.ts'
import { cronJobController } from './cronjob/cronjob.ts'
import { attachDetachController } from './attach-detach/attach-detach.ts'
import { daemonSetController } from './daemonset/daemonset.ts'
import { deploymentController } from './deployment/deployment.ts'
import { deviceTaintEvictionController } from './device-taint-eviction/device-taint-eviction.ts'
import { disruptionController } from './disruption/disruption.ts'
import { endpointController } from './endpoint/endpoint.ts'
import { endpointSliceMirroringController } from './endpointslice-mirroring/endpointslice-mirroring.ts'
import { endpointSliceController } from './endpointslice/endpointslice.ts'
import { ephemeralVolumeController } from './ephemeral-volume/ephemeral-volume.ts'
import { garbageCollectorController } from './garbage-collector/garbage-collector.ts'
import { jobController } from './job/job.ts'
import { horizontalPodAutoscalerController } from './horizontal-pod-autoscaler/horizontal-pod-autoscaler.ts'
import { legacyTokenCleaner } from './legacy-serviceaccount-token-cleaner/legacy-serviceaccount-token-cleaner.ts'
import { namespaceController } from './namespace/namespace.ts'
import { nodeIpamController } from './node-ipam/node-ipam.ts'
import { nodeLifecycleController } from './node-lifecycle/node-lifecycle.ts'
import { persistentVolumeBinder } from './persistentvolume-binder/persistentvolume-binder.ts'
import { podGcController } from './pod-gc/pod-gc.ts'
import { pvProtectionController } from './pv-protection/pv-protection.ts'
import { pvcProtectionController } from './pvc-protection/pvc-protection.ts'
import { replicaSetController, replicationController } from './replicaset/replicaset.ts'
import { resourceClaimController } from './resource-claim/resource-claim.ts'
import { resourceQuotaController } from './resourcequota/resourcequota.ts'
import { rootCaController } from './serviceaccount/root-ca.ts'
import { serviceCIDRsController } from './service-cidrs/service-cidrs.ts'
import { serviceAccountController } from './serviceaccount/serviceaccount.ts'
import { serviceAccountTokenController } from './serviceaccount-token/serviceaccount-token.ts'
import { statefulSetController } from './statefulset/statefulset.ts'
import { taintEvictionController } from './taint-eviction/taint-eviction.ts'
import { policyStatusController } from './validatingadmissionpolicy-status/validatingadmissionpolicy-status.ts'
import { volumeAttributesClassProtectionController } from './volumeattributesclass-protection/volumeattributesclass-protection.ts'
import { volumeExpandController } from './volume-expand/volume-expand.ts'
import { ttlController } from './ttl/ttl.ts'
import { ttlAfterFinishedController } from './ttl-after-finished/ttl-after-finished.ts'

/** Source: pkg/controller/garbagecollector/config/v1alpha1/defaults.go, DefaultIgnoredResources. */
const NOT_COLLECTED: readonly Kind[] = ['Event']

/** Feature gates that change what the controllers do. */
export interface ControllerGates {
  /** StaleControllerConsistencyReplicaSet, beta and on: a key waits until the view shows what was last written for it. */
  readonly staleControllerConsistency?: boolean
}

/** The controllers of kube-controller-manager. Source: cmd/kube-controller-manager/app/controllermanager.go (v1.36). */
export const kubeControllerManager = (
  kinds: { readonly served: readonly Kind[]; readonly namespaced: readonly Kind[] },
  { staleControllerConsistency = true }: ControllerGates = {},
): readonly Controller[] => [
  serviceAccountController,
  serviceAccountTokenController,
  legacyTokenCleaner,
  rootCaController,
  namespaceController(kinds.namespaced),
  garbageCollectorController(kinds.served.filter((kind) => !NOT_COLLECTED.includes(kind))),
  deploymentController,
  replicaSetController(staleControllerConsistency),
  replicationController(),
  statefulSetController(staleControllerConsistency),
  daemonSetController(staleControllerConsistency),
  jobController(staleControllerConsistency),
  cronJobController,
  ttlAfterFinishedController,
  endpointController,
  endpointSliceController,
  endpointSliceMirroringController,
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  podGcController,
  disruptionController,
  ttlController,
  clusterRoleAggregationController,
  resourceQuotaController(kinds.namespaced),
  horizontalPodAutoscalerController,
  persistentVolumeBinder,
  pvcProtectionController,
  pvProtectionController,
  volumeAttributesClassProtectionController,
  volumeExpandController,
  attachDetachController,
  ephemeralVolumeController,
  resourceClaimController,
  deviceTaintEvictionController,
  certificateSigningController,
  certificateApprovingController,
  certificateCleanerController,
  // kubeadm asks for both: --controllers=*,bootstrap-signer-controller,token-cleaner-controller.
  bootstrapSignerController,
  tokenCleanerController,
  serviceCIDRsController,
  policyStatusController,
]
