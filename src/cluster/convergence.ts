import { conditionStatus } from '../kubernetes/conditions.ts'
import { controllerOf } from '../kubernetes/owners.ts'
import { isReady, isTerminal, isTerminating } from '../kubernetes/pods.ts'
import type { Service } from '../kubernetes/types/networking.ts'
import type { Pod } from '../kubernetes/types/pod.ts'
import type { Deployment, ReplicaSet } from '../kubernetes/types/workloads.ts'
import type { View } from '../kubernetes/view.ts'

/** What keeps a cluster from being what was asked for; empty when it has converged. */
export const unsettled = (view: View, isPowered: (node: string) => boolean): readonly string[] => [
  ...view.list('Node').flatMap((node) => {
    const up = conditionStatus(node.status?.conditions, 'Ready') === 'True'
    if (up === isPowered(node.metadata.name)) return []
    return [`node/${node.metadata.name} is ${up ? 'Ready, but has no power' : 'not Ready'}`]
  }),
  ...view
    .list('Namespace')
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map(({ metadata }) => `namespace/${metadata.name} is still being deleted`),
  ...view.list('Deployment').flatMap(unsettledDeployment),
  ...view.list('ReplicaSet').flatMap((replicaSet) => unsettledReplicaSet(replicaSet, view)),
  ...view.list('Pod').flatMap(unsettledPod),
  ...view.list('Service').flatMap((service) => unsettledService(service, view)),
]

const nameOf = ({ metadata }: { readonly metadata: { readonly namespace?: string; readonly name: string } }): string =>
  `${metadata.namespace}/${metadata.name}`

const unsettledDeployment = (deployment: Deployment): readonly string[] => {
  const { status = {}, spec, metadata } = deployment
  const wanted = spec.replicas ?? 1
  const problems: string[] = []
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) problems.push('is not observed yet')
  else if ((status.updatedReplicas ?? 0) !== wanted)
    problems.push(`has ${status.updatedReplicas ?? 0}/${wanted} updated`)
  else if ((status.availableReplicas ?? 0) !== wanted) {
    problems.push(`has ${status.availableReplicas ?? 0}/${wanted} available`)
  } else if ((status.replicas ?? 0) !== wanted) problems.push(`still has ${status.replicas ?? 0} replicas`)
  return problems.map((problem) => `deployment/${nameOf(deployment)} ${problem}`)
}

const unsettledReplicaSet = (replicaSet: ReplicaSet, view: View): readonly string[] => {
  const wanted = replicaSet.spec.replicas ?? 1
  const pods = view.indexed('Pod', 'controller', replicaSet.metadata.uid).filter((pod) => !isTerminal(pod))
  if (pods.length !== wanted) return [`replicaset/${nameOf(replicaSet)} owns ${pods.length} pods, not ${wanted}`]
  const told = replicaSet.status?.replicas ?? 0
  return told === wanted ? [] : [`replicaset/${nameOf(replicaSet)} says ${told} replicas, not ${wanted}`]
}

const unsettledPod = (pod: Pod): readonly string[] => {
  const name = `pod/${nameOf(pod)}`
  if (isTerminating(pod)) return [`${name} is terminating`]
  // A finished Pod with an owner is the owner's business.
  if (isTerminal(pod))
    return pod.status?.phase === 'Failed' && controllerOf(pod) === undefined ? [`${name} failed`] : []
  return isReady(pod) ? [] : [`${name} is ${pod.spec.nodeName === undefined ? 'not scheduled' : 'not ready'}`]
}

const unsettledService = (service: Service, view: View): readonly string[] => {
  const { selector } = service.spec
  if (selector === undefined) return []
  const { namespace, name } = service.metadata
  const wanted = view
    .list('Pod', namespace)
    .filter((pod) => isReady(pod) && !isTerminating(pod) && !isTerminal(pod))
    .filter((pod) => Object.entries(selector).every(([key, value]) => pod.metadata.labels?.[key] === value))
    .map((pod) => pod.metadata.uid)
    .toSorted()
  const slices = view
    .list('EndpointSlice', namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
  const listed = slices
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready === true)
    .map((endpoint) => endpoint.targetRef?.uid ?? '')
    .toSorted()
  return wanted.join() === listed.join()
    ? []
    : [`service/${nameOf(service)} has ${listed.length} ready endpoints, not ${wanted.length}`]
}
