/** Which printer a kind has. Kinds that are not in the table are printed as `anyKind`. */
import type { GroupKind } from '../status.ts'
import { certificateSigningRequests, roleBindings } from './access.ts'
import {
  apiServices,
  mutatingAdmissionPolicies,
  policyBindings,
  validatingAdmissionPolicies,
  webhookConfigurations,
} from './admission.ts'
import { horizontalPodAutoscalers } from './autoscaling.ts'
import * as core from './core.ts'
import { events } from './events.ts'
import * as networking from './networking.ts'
import { leases, nodes, runtimeClasses } from './nodes.ts'
import { pods, podTemplates } from './pods.ts'
import { flowSchemas, podDisruptionBudgets, priorityClasses, priorityLevelConfigurations } from './policy.ts'
import type { Printer } from './printer.ts'
import { resourceClaims, resourceSlices } from './resource.ts'
import * as storage from './storage.ts'
import * as workloads from './workloads.ts'

/** By group, then by kind. Roles, ClusterRoles, LimitRanges, CSIStorageCapacities and CustomResourceDefinitions have none. */
const PRINTERS: ReadonlyMap<string, ReadonlyMap<string, Printer>> = new Map(
  Object.entries({
    '': {
      ComponentStatus: core.componentStatuses,
      ConfigMap: core.configMaps,
      Endpoints: networking.endpoints,
      Event: events,
      Namespace: core.namespaces,
      Node: nodes,
      PersistentVolume: storage.persistentVolumes,
      PersistentVolumeClaim: storage.persistentVolumeClaims,
      Pod: pods,
      PodTemplate: podTemplates,
      ReplicationController: workloads.replicationControllers,
      ResourceQuota: core.resourceQuotas,
      Secret: core.secrets,
      Service: networking.services,
      ServiceAccount: core.namesAndAges,
    },
    'admissionregistration.k8s.io': {
      MutatingAdmissionPolicy: mutatingAdmissionPolicies,
      MutatingAdmissionPolicyBinding: policyBindings,
      MutatingWebhookConfiguration: webhookConfigurations,
      ValidatingAdmissionPolicy: validatingAdmissionPolicies,
      ValidatingAdmissionPolicyBinding: policyBindings,
      ValidatingWebhookConfiguration: webhookConfigurations,
    },
    'apiregistration.k8s.io': { APIService: apiServices },
    apps: {
      ControllerRevision: workloads.controllerRevisions,
      DaemonSet: workloads.daemonSets,
      Deployment: workloads.deployments,
      ReplicaSet: workloads.replicaSets,
      StatefulSet: workloads.statefulSets,
    },
    autoscaling: { HorizontalPodAutoscaler: horizontalPodAutoscalers, Scale: workloads.scales },
    batch: { CronJob: workloads.cronJobs, Job: workloads.jobs },
    'certificates.k8s.io': { CertificateSigningRequest: certificateSigningRequests },
    'coordination.k8s.io': { Lease: leases },
    'discovery.k8s.io': { EndpointSlice: networking.endpointSlices },
    'events.k8s.io': { Event: events },
    'flowcontrol.apiserver.k8s.io': {
      FlowSchema: flowSchemas,
      PriorityLevelConfiguration: priorityLevelConfigurations,
    },
    'networking.k8s.io': {
      IPAddress: networking.ipAddresses,
      Ingress: networking.ingresses,
      IngressClass: networking.ingressClasses,
      NetworkPolicy: networking.networkPolicies,
      ServiceCIDR: networking.serviceCIDRs,
    },
    'node.k8s.io': { RuntimeClass: runtimeClasses },
    policy: { PodDisruptionBudget: podDisruptionBudgets },
    'rbac.authorization.k8s.io': { ClusterRoleBinding: roleBindings, RoleBinding: roleBindings },
    'resource.k8s.io': {
      DeviceClass: core.namesAndAges,
      ResourceClaim: resourceClaims,
      ResourceClaimTemplate: core.namesAndAges,
      ResourceSlice: resourceSlices,
    },
    'scheduling.k8s.io': { PriorityClass: priorityClasses },
    'storage.k8s.io': {
      CSIDriver: storage.csiDrivers,
      CSINode: storage.csiNodes,
      StorageClass: storage.storageClasses,
      VolumeAttachment: storage.volumeAttachments,
      VolumeAttributesClass: storage.volumeAttributesClasses,
    },
  }).map(([group, kinds]) => [group, new Map<string, Printer>(Object.entries(kinds))]),
)

export const printerOf = ({ group, kind }: GroupKind): Printer => PRINTERS.get(group)?.get(kind) ?? core.anyKind
