import { podTemplateBody } from '../shared/pod-control.ts'
import { isAvailable, isReady, isTerminating } from '../../../kubernetes/pods.ts'
import type { Micros } from '../../../events/envelope.ts'
import type { Pod, PodTemplateSpec } from '../../../kubernetes/types/pod.ts'
import type { StatefulSet } from '../../../kubernetes/types/workloads.ts'
import type { Volume } from '../../../kubernetes/types/volume.ts'

/** Source: api/apps/v1/types.go, StatefulSetPodNameLabel, PodIndexLabel, StatefulSetRevisionLabel. */
const POD_NAME = 'statefulset.kubernetes.io/pod-name'
const POD_INDEX = 'apps.kubernetes.io/pod-index'
const REVISION = 'controller-revision-hash'

export const replicasOf = ({ spec: { replicas = 1 } }: StatefulSet): number => replicas

export const firstOrdinal = ({ spec: { ordinals } }: StatefulSet): number => ordinals?.start ?? 0

export const isInRange = (set: StatefulSet, ordinal: number): boolean =>
  ordinal >= firstOrdinal(set) && ordinal < firstOrdinal(set) + replicasOf(set)

export const podName = (set: StatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`

const NAME = /^(.*)-(\d+)$/

/** The number at the end of its name; -1 where there is none. */
export const ordinalOf = (pod: Pod): number => Number(NAME.exec(pod.metadata.name)?.[2] ?? -1)

/** Whether a Pod bears the set's name. Source: stateful_set_utils.go, isMemberOf. */
export const isMember = (set: StatefulSet, pod: Pod): boolean => NAME.exec(pod.metadata.name)?.[1] === set.metadata.name

export const revisionOf = (pod: Pod): string => pod.metadata.labels?.[REVISION] ?? ''

export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isReady(pod)

export const isRunningAndAvailable = (pod: Pod, { spec }: StatefulSet, now: Micros): boolean =>
  pod.status?.phase === 'Running' && isAvailable(pod, spec.minReadySeconds ?? 0, now)

/** Source: stateful_set_utils.go, isUnavailable. */
export const isUnavailable = (pod: Pod | undefined, set: StatefulSet, now: Micros): boolean =>
  pod === undefined || !isRunningAndAvailable(pod, set, now) || isTerminating(pod)

const identityLabels = (set: StatefulSet, ordinal: number): Readonly<Record<string, string>> => ({
  [POD_NAME]: podName(set, ordinal),
  [POD_INDEX]: String(ordinal),
})

/**
 * The Pod of an ordinal, from one revision's template.
 * Source: pkg/controller/statefulset/stateful_set_utils.go, newStatefulSetPod, initIdentity and updateStorage (v1.36).
 */
export const newPod = (set: StatefulSet, template: PodTemplateSpec, ordinal: number, revision: string): object => {
  const { metadata, ...rest } = podTemplateBody(set, template)
  const name = podName(set, ordinal)
  const { volumeClaimTemplates = [], serviceName } = set.spec
  return {
    ...rest,
    metadata: {
      ...metadata,
      name,
      namespace: set.metadata.namespace,
      labels: { ...template.metadata?.labels, ...identityLabels(set, ordinal), [REVISION]: revision },
    },
    spec: {
      ...template.spec,
      ...(volumeClaimTemplates.length === 0 ? {} : { volumes: withClaims(set, template.spec.volumes, ordinal) }),
      hostname: name,
      ...(serviceName === undefined || serviceName === '' ? {} : { subdomain: serviceName }),
    },
  }
}

export const claimName = (set: StatefulSet, template: string, ordinal: number): string =>
  `${template}-${set.metadata.name}-${ordinal}`

const claimVolumes = (set: StatefulSet, ordinal: number): readonly Volume[] =>
  (set.spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: claimName(set, name, ordinal) },
  }))

const withClaims = (set: StatefulSet, volumes: readonly Volume[] = [], ordinal: number): readonly Volume[] => {
  const own = claimVolumes(set, ordinal)
  return [...own, ...volumes.filter(({ name }) => !own.some((claimed) => claimed.name === name))]
}

export const storageMatches = (set: StatefulSet, pod: Pod): boolean =>
  claimVolumes(set, ordinalOf(pod)).every(({ name, persistentVolumeClaim }) =>
    pod.spec.volumes?.some(
      (volume) => volume.name === name && volume.persistentVolumeClaim?.claimName === persistentVolumeClaim?.claimName,
    ),
  )

/** The name alone decides; a lost index comes back with the next correction. Source: identityMatches. */
export const identityMatches = (set: StatefulSet, pod: Pod): boolean =>
  pod.metadata.labels?.[POD_NAME] === podName(set, ordinalOf(pod))

/** The Pod as it should call itself and its volumes. Source: updateIdentity, updateStorage. */
export const corrected = (set: StatefulSet, pod: Pod): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...identityLabels(set, ordinalOf(pod)) } },
  spec: storageMatches(set, pod)
    ? pod.spec
    : { ...pod.spec, volumes: withClaims(set, pod.spec.volumes, ordinalOf(pod)) },
})
