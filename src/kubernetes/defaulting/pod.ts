/** Defaults of Pods and of Pod templates. Source: pkg/apis/core/v1/defaults.go (v1.36). */
import type { Container } from '../types/container.ts'
import type { ResourceList } from '../types/meta.ts'
import type { Pod, PodSpec, PodTemplateSpec } from '../types/pod.ts'
import type { Draft } from '../draft.ts'
import { containerRequestList, isPodLevelResource } from '../resources.ts'
import { withMembers, type Members } from '../with-members.ts'
import { defaultContainer } from './container.ts'
import { defaultVolume } from './volume.ts'

/** A Pod has more defaults than a template: requests from limits, host ports, service links. */
export function defaultPod(pod: Draft<Pod>): Draft<Pod> {
  const spec = defaultPodSpec(pod.spec ?? {})
  const { containers, initContainers } = spec
  const fill = (container: Draft<Container>): Draft<Container> =>
    requestsFromLimits(spec.hostNetwork === true ? hostPorts(container) : container)
  const filled: Members<Draft<PodSpec>> = { enableServiceLinks: spec.enableServiceLinks ?? true }
  if (containers !== undefined) filled.containers = containers.map(fill)
  if (initContainers !== undefined) filled.initContainers = initContainers.map(fill)
  return withMembers(pod, { spec: podLevelRequests(withMembers(spec, filled)) })
}

export const defaultPodTemplate = (template: Draft<PodTemplateSpec>): Draft<PodTemplateSpec> =>
  withMembers(template, { spec: defaultPodSpec(template.spec ?? {}) })

export function defaultPodSpec(spec: Draft<PodSpec>): Draft<PodSpec> {
  const { volumes, initContainers, containers, ephemeralContainers } = spec
  const filled: Members<Draft<PodSpec>> = {
    restartPolicy: spec.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    securityContext: spec.securityContext ?? {},
    schedulerName: spec.schedulerName ?? 'default-scheduler',
  }
  if (volumes !== undefined) filled.volumes = volumes.map(defaultVolume)
  if (initContainers !== undefined) filled.initContainers = initContainers.map(defaultContainer)
  if (containers !== undefined) filled.containers = containers.map(defaultContainer)
  if (ephemeralContainers !== undefined) filled.ephemeralContainers = ephemeralContainers.map(defaultContainer)
  // The old name mirrors the new one. Source: pkg/apis/core/v1/conversion.go.
  const account = spec.serviceAccountName ?? spec.serviceAccount
  if (account !== undefined) filled.serviceAccountName = filled.serviceAccount = account
  return withMembers(spec, filled)
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
