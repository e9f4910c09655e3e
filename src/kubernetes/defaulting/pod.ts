/** Defaults of Pods and of Pod templates. Source: pkg/apis/core/v1/defaults.go (v1.36). */
import type { Container } from '../types/container.ts'
import type { ResourceList } from '../types/meta.ts'
import type { Pod, PodSpec, PodTemplateSpec } from '../types/pod.ts'
import type { DownwardAPIFile, Volume, VolumeProjection } from '../types/volume.ts'
import type { Draft } from '../draft.ts'
import { containerRequestList, isPodLevelResource } from '../resources.ts'
import { defaultContainer } from './container.ts'
import { defaultPullPolicy } from './image.ts'

/** Files of volumes: rw-r--r--. */
const DEFAULT_MODE = 0o644
const TOKEN_SECONDS = 3_600

/** A Pod has more defaults than a template: requests from limits, host ports, service links. */
export function defaultPod(pod: Draft<Pod>): Draft<Pod> {
  const spec = defaultPodSpec(pod.spec ?? {})
  const onHost = (containers: readonly Draft<Container>[] | undefined) =>
    containers?.map((container) => requestsFromLimits(spec.hostNetwork === true ? hostPorts(container) : container))
  const containers = onHost(spec.containers)
  const initContainers = onHost(spec.initContainers)
  return {
    ...pod,
    spec: podLevelRequests({
      ...spec,
      ...(initContainers === undefined ? {} : { initContainers }),
      ...(containers === undefined ? {} : { containers }),
      enableServiceLinks: spec.enableServiceLinks ?? true,
    }),
  }
}

export const defaultPodTemplate = (template: Draft<PodTemplateSpec>): Draft<PodTemplateSpec> => ({
  ...template,
  spec: defaultPodSpec(template.spec ?? {}),
})

export function defaultPodSpec(spec: Draft<PodSpec>): Draft<PodSpec> {
  const account = spec.serviceAccountName ?? spec.serviceAccount
  const { volumes, initContainers, containers, ephemeralContainers } = spec
  return {
    ...spec,
    ...(volumes === undefined ? {} : { volumes: volumes.map(defaultVolume) }),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(defaultContainer) }),
    ...(containers === undefined ? {} : { containers: containers.map(defaultContainer) }),
    ...(ephemeralContainers === undefined ? {} : { ephemeralContainers: ephemeralContainers.map(defaultContainer) }),
    restartPolicy: spec.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    // The old name mirrors the new one. Source: pkg/apis/core/v1/conversion.go.
    ...(account === undefined ? {} : { serviceAccountName: account, serviceAccount: account }),
    securityContext: spec.securityContext ?? {},
    schedulerName: spec.schedulerName ?? 'default-scheduler',
  }
}

function hostPorts(container: Draft<Container>): Draft<Container> {
  if (container.ports === undefined) return container
  return {
    ...container,
    ports: container.ports.map((port) => ({ ...port, hostPort: port.hostPort ?? port.containerPort })),
  }
}

function requestsFromLimits(container: Draft<Container>): Draft<Container> {
  const limits = container.resources?.limits
  if (limits === undefined) return container
  return {
    ...container,
    resources: { ...container.resources, requests: { ...limits, ...container.resources?.requests } },
  }
}

/** What the containers ask for, then the Pod's own limits. Source: defaults.go, defaultPodRequests. */
function podLevelRequests(spec: Draft<PodSpec>): Draft<PodSpec> {
  const limits = spec.resources?.limits
  if (limits === undefined) return spec
  const supported = (list: Draft<ResourceList>): ResourceList =>
    Object.fromEntries(
      Object.entries(list).flatMap(([name, amount]) =>
        amount !== undefined && isPodLevelResource(name) ? [[name, amount]] : [],
      ),
    )
  const requests = {
    ...supported(limits),
    ...supported(containerRequestList(spec)),
    ...spec.resources?.requests,
  }
  return Object.keys(requests).length === 0 ? spec : { ...spec, resources: { ...spec.resources, requests } }
}

const hasSource = (volume: Draft<Volume>): boolean =>
  Object.entries(volume).some(([field, source]) => field !== 'name' && source !== undefined)

function defaultVolume(volume: Draft<Volume>): Draft<Volume> {
  if (!hasSource(volume)) return { ...volume, emptyDir: {} }
  const { hostPath, secret, configMap, downwardAPI, projected, ephemeral, image } = volume
  const mode = <S extends { readonly defaultMode?: number }>(source: S): S => ({
    ...source,
    defaultMode: source.defaultMode ?? DEFAULT_MODE,
  })
  if (hostPath !== undefined) return { ...volume, hostPath: { ...hostPath, type: hostPath.type ?? '' } }
  if (secret !== undefined) return { ...volume, secret: mode(secret) }
  if (configMap !== undefined) return { ...volume, configMap: mode(configMap) }
  if (downwardAPI !== undefined) {
    const { items } = downwardAPI
    return {
      ...volume,
      downwardAPI: mode(items === undefined ? downwardAPI : { ...downwardAPI, items: items.map(defaultFile) }),
    }
  }
  if (projected !== undefined) {
    const sources = projected.sources?.map(defaultProjection)
    return { ...volume, projected: mode(sources === undefined ? projected : { ...projected, sources }) }
  }
  if (image !== undefined) {
    return { ...volume, image: { ...image, pullPolicy: image.pullPolicy ?? defaultPullPolicy(image.reference ?? '') } }
  }
  const template = ephemeral?.volumeClaimTemplate
  if (template === undefined) return volume
  const spec = { ...template.spec, volumeMode: template.spec?.volumeMode ?? ('Filesystem' as const) }
  return { ...volume, ephemeral: { ...ephemeral, volumeClaimTemplate: { ...template, spec } } }
}

function defaultFile(file: Draft<DownwardAPIFile>): Draft<DownwardAPIFile> {
  const { fieldRef, resourceFieldRef } = file
  if (fieldRef !== undefined) return { ...file, fieldRef: { apiVersion: 'v1', ...fieldRef } }
  if (resourceFieldRef === undefined) return file
  return { ...file, resourceFieldRef: { ...resourceFieldRef, divisor: resourceFieldRef.divisor ?? '0' } }
}

function defaultProjection(source: Draft<VolumeProjection>): Draft<VolumeProjection> {
  const { downwardAPI, serviceAccountToken } = source
  return {
    ...source,
    ...(downwardAPI?.items === undefined
      ? {}
      : { downwardAPI: { ...downwardAPI, items: downwardAPI.items.map(defaultFile) } }),
    ...(serviceAccountToken === undefined
      ? {}
      : {
          serviceAccountToken: {
            ...serviceAccountToken,
            expirationSeconds: serviceAccountToken.expirationSeconds ?? TOKEN_SECONDS,
          },
        }),
  }
}
