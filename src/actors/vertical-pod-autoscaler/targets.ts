import { compileLabelSelector, type LabelMatch } from '../../kubernetes/selectors.ts'
import { controllerOf } from '../../kubernetes/owners.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import type { ApiObject } from '../../events/json.ts'
import { isTerminal } from '../../kubernetes/pods.ts'
import type { LabelSelector } from '../../kubernetes/types/meta.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { View } from '../../kubernetes/view.ts'
import { VPA_KIND, type VerticalPodAutoscaler } from './types.ts'

/** Controllers that may be a target, or stand between a target and its Pods. Source: pkg/target/fetcher.go, wellKnownController. */
export const TARGET_KINDS = [
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
] as const satisfies readonly Kind[]

type TargetKind = (typeof TARGET_KINDS)[number]

const targetKind = (kind: string | undefined): TargetKind | undefined => TARGET_KINDS.find((one) => one === kind)

export const autoscalersIn = (view: View, namespace?: string): readonly VerticalPodAutoscaler[] =>
  // The definition's schema says that they are such.
  view.list(VPA_KIND, namespace) as readonly ApiObject[] as readonly VerticalPodAutoscaler[]

/** The controller that an autoscaler names, if it is there. */
const targetOf = ({ metadata, spec }: VerticalPodAutoscaler, view: View): ApiObject | undefined => {
  const kind = targetKind(spec.targetRef?.kind)
  return kind === undefined ? undefined : view.get(kind, metadata.namespace, spec.targetRef?.name ?? '')
}

/** The Pods of an autoscaler's target that have not ended. */
export const podsOfTarget = (autoscaler: VerticalPodAutoscaler, view: View): readonly Pod[] => {
  const target = targetOf(autoscaler, view)
  if (target === undefined) return []
  return view
    .list('Pod', autoscaler.metadata.namespace)
    .filter((pod) => !isTerminal(pod) && topController(pod, view) === target)
}

/** The autoscaler that a Pod, which may not be there yet, is under: the oldest of those whose target it belongs to. */
export const autoscalerOf = (pod: ApiObject, namespace: string, view: View): VerticalPodAutoscaler | undefined => {
  const candidates = autoscalersIn(view, namespace)
  if (candidates.length === 0) return undefined
  const top = topController(pod, view, namespace)
  if (top === undefined) return undefined
  return candidates.find((one) => targetOf(one, view) === top && selects(top)(pod.metadata.labels))
}

/** The controller of the controller … of a Pod. Source: pkg/target/controller_fetcher, FindTopMostWellKnownOrScalable. */
const topController = (pod: ApiObject, view: View, namespace = pod.metadata.namespace): ApiObject | undefined => {
  let top: ApiObject | undefined
  for (let owner = controllerOf(pod); owner !== undefined; owner = top === undefined ? undefined : controllerOf(top)) {
    const kind = targetKind(owner.kind)
    const found: ApiObject | undefined = kind === undefined ? undefined : view.get(kind, namespace, owner.name)
    if (found === undefined || found.metadata.uid !== owner.uid) return top
    top = found
  }
  return top
}

const selects = (target: ApiObject): LabelMatch => {
  const { spec } = target as ApiObject & { readonly spec?: { readonly selector?: LabelSelector } }
  const isSelector = spec?.selector?.matchLabels !== undefined || spec?.selector?.matchExpressions !== undefined
  return isSelector && spec?.selector !== undefined ? compileLabelSelector(spec.selector) : () => true
}
