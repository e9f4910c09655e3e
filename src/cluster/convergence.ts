import { choiceOf } from '../actors/controllers/daemonset/node-choice.ts'
import { hasEnded } from '../actors/controllers/shared/job-end.ts'
import { conditionStatus } from '../kubernetes/conditions.ts'
import { controllerOf } from '../kubernetes/owners.ts'
import { isReady, isTerminal, isTerminating } from '../kubernetes/pods.ts'
import type { ApiObject } from '../events/json.ts'
import type { Service } from '../kubernetes/types/networking.ts'
import type { Pod } from '../kubernetes/types/pod.ts'
import type {
  DaemonSet,
  Deployment,
  Job,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../kubernetes/types/workloads.ts'
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
  ...view.list('ReplicationController').flatMap((controller) => unsettledReplicaSet(controller, view)),
  ...view.list('StatefulSet').flatMap((set) => unsettledStatefulSet(set, view)),
  ...view.list('DaemonSet').flatMap((daemon) => unsettledDaemonSet(daemon, view)),
  ...view.list('Job').flatMap((job) => unsettledJob(job, view)),
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

const unsettledReplicaSet = (replicaSet: ReplicaSet | ReplicationController, view: View): readonly string[] => {
  const name = `${replicaSet.kind.toLowerCase()}/${nameOf(replicaSet)}`
  const wanted = replicaSet.spec.replicas ?? 1
  const pods = ownedBy(replicaSet, view).filter((pod) => !isTerminal(pod))
  if (pods.length !== wanted) return [`${name} owns ${pods.length} pods, not ${wanted}`]
  const told = replicaSet.status?.replicas ?? 0
  return told === wanted ? [] : [`${name} says ${told} replicas, not ${wanted}`]
}

const ownedBy = (owner: ApiObject, view: View): readonly Pod[] => view.indexed('Pod', 'controller', owner.metadata.uid)

const unsettledStatefulSet = (set: StatefulSet, view: View): readonly string[] => {
  const { spec, metadata } = set
  const { observedGeneration = 0, updatedReplicas = 0, availableReplicas = 0 } = set.status ?? {}
  const wanted = spec.replicas ?? 1
  const rolled = wanted - Math.min(wanted, spec.updateStrategy?.rollingUpdate?.partition ?? 0)
  const pods = ownedBy(set, view).length
  const problems: string[] = []
  if (observedGeneration < (metadata.generation ?? 0)) problems.push('is not observed yet')
  else if (pods !== wanted) problems.push(`owns ${pods} pods, not ${wanted}`)
  else if (availableReplicas !== wanted) problems.push(`has ${availableReplicas}/${wanted} available`)
  else if (spec.updateStrategy?.type !== 'OnDelete' && updatedReplicas < rolled) {
    problems.push(`has ${updatedReplicas}/${rolled} updated`)
  }
  return problems.map((problem) => `statefulset/${nameOf(set)} ${problem}`)
}

const unsettledDaemonSet = (daemon: DaemonSet, view: View): readonly string[] => {
  const { status, spec, metadata } = daemon
  const wanted = view.list('Node').filter((node) => choiceOf(node, daemon).run).length
  const { observedGeneration = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status ?? {}
  const pods = ownedBy(daemon, view).filter((pod) => !isTerminating(pod)).length
  const problems: string[] = []
  if (observedGeneration < (metadata.generation ?? 0)) problems.push('is not observed yet')
  // A taint may keep a Pod where no new one would come.
  else if (pods < wanted) problems.push(`owns ${pods} pods, not ${wanted}`)
  else if (numberAvailable !== wanted) problems.push(`has ${numberAvailable}/${wanted} available`)
  else if (spec.updateStrategy?.type !== 'OnDelete' && updatedNumberScheduled !== wanted) {
    problems.push(`has ${updatedNumberScheduled}/${wanted} updated`)
  }
  return problems.map((problem) => `daemonset/${nameOf(daemon)} ${problem}`)
}

/** A Job is as it should be while as many Pods run as may, and when it has ended, however it did. */
const unsettledJob = (job: Job, view: View): readonly string[] => {
  const name = `job/${nameOf(job)}`
  const pods = ownedBy(job, view)
  if (hasEnded(job)) {
    const uncounted = pods.filter(({ metadata }) => (metadata.finalizers ?? []).length > 0).length
    return uncounted === 0 ? [] : [`${name} has ended, but ${uncounted} of its pods are not let go`]
  }
  if (job.spec.suspend === true) return pods.every(isTerminal) ? [] : [`${name} is suspended, but has pods`]
  const { parallelism = 1, completions = Infinity } = job.spec
  const wanted = Math.min(parallelism, completions - (job.status?.succeeded ?? 0))
  const active = pods.filter((pod) => !isTerminal(pod)).length
  if (wanted <= 0) return [`${name} has not ended yet`]
  return active >= wanted ? [] : [`${name} has ${active} active pods, not ${wanted}`]
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
