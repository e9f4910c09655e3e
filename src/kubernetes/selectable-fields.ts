/**
 * The fields that each kind's objects can be selected by.
 *
 * Source: pkg/registry/<group>/<kind>/strategy.go (ToSelectableFields); pkg/apis/core/v1/conversion.go (v1.36).
 */
import type { Event, Namespace, Secret } from './types/core.ts'
import type { Service } from './types/networking.ts'
import type { Node } from './types/node.ts'
import type { Pod } from './types/pod.ts'
import type { CertificateSigningRequest } from './types/certificates.ts'
import type { ResourceSlice } from './types/resource.ts'
import type { Job, ReplicationController } from './types/workloads.ts'

/** A field's text in an object; undefined where the kind has no such field. */
export type FieldOf<O> = (object: O, field: string) => string | undefined

export const podField: FieldOf<Pod> = ({ spec, status }, field) => {
  switch (field) {
    case 'spec.nodeName':
      return spec.nodeName ?? ''
    case 'spec.restartPolicy':
      return spec.restartPolicy ?? ''
    case 'spec.schedulerName':
      return spec.schedulerName ?? ''
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? ''
    case 'spec.hostNetwork':
      return String(spec.hostNetwork ?? false)
    case 'status.phase':
      return status?.phase ?? ''
    case 'status.podIP':
      return status?.podIPs?.[0]?.ip ?? status?.podIP ?? ''
    case 'status.nominatedNodeName':
      return status?.nominatedNodeName ?? ''
    default:
      return undefined
  }
}

export const nodeField: FieldOf<Node> = ({ spec }, field) =>
  field === 'spec.unschedulable' ? String(spec.unschedulable ?? false) : undefined

export const namespaceField: FieldOf<Namespace> = ({ metadata, status }, field) =>
  field === 'status.phase' ? (status?.phase ?? '') : field === 'name' ? metadata.name : undefined

export const secretField: FieldOf<Secret> = ({ type }, field) => (field === 'type' ? (type ?? '') : undefined)

export const serviceField: FieldOf<Service> = ({ spec }, field) => {
  if (field === 'spec.clusterIP') return spec.clusterIP ?? ''
  return field === 'spec.type' ? (spec.type ?? '') : undefined
}

export const replicationControllerField: FieldOf<ReplicationController> = ({ status }, field) =>
  field === 'status.replicas' ? String(status?.replicas ?? 0) : undefined

export const jobField: FieldOf<Job> = ({ status }, field) =>
  field === 'status.successful' ? String(status?.succeeded ?? 0) : undefined

export const eventField: FieldOf<Event> = (event, field) => {
  const about = event.involvedObject
  switch (field) {
    case 'involvedObject.kind':
      return about.kind ?? ''
    case 'involvedObject.namespace':
      return about.namespace ?? ''
    case 'involvedObject.name':
      return about.name ?? ''
    case 'involvedObject.uid':
      return about.uid ?? ''
    case 'involvedObject.apiVersion':
      return about.apiVersion ?? ''
    case 'involvedObject.resourceVersion':
      return about.resourceVersion ?? ''
    case 'involvedObject.fieldPath':
      return about.fieldPath ?? ''
    case 'reason':
      return event.reason ?? ''
    case 'reportingComponent':
      return event.reportingComponent ?? ''
    case 'source':
      return event.source?.component ?? event.reportingComponent ?? ''
    case 'type':
      return event.type ?? ''
    default:
      return undefined
  }
}

export const resourceSliceField: FieldOf<ResourceSlice> = ({ spec }, field) => {
  if (field === 'spec.nodeName') return spec.nodeName ?? ''
  return field === 'spec.driver' ? textOf(spec.driver) : undefined
}

export const signingRequestField: FieldOf<CertificateSigningRequest> = ({ spec }, field) =>
  field === 'spec.signerName' ? textOf(spec.signerName) : undefined

/** Whether a kind has a field is tried on an object without any. */
const textOf = (text: string | undefined): string => text ?? ''
