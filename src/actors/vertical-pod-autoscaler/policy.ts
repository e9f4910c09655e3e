import { compareQuantities } from '../../kubernetes/quantity.ts'
import type { ResourceList } from '../../kubernetes/types/meta.ts'
import { listOf, type Estimate } from './estimate.ts'
import {
  policyOf,
  type ContainerResourcePolicy,
  type RecommendedContainer,
  type VerticalPodAutoscaler,
} from './types.ts'

/** Source: pkg/recommender/model/vpa.go, DefaultControlledResources. */
const CONTROLLED: readonly string[] = ['cpu', 'memory']

/** A container's recommendation within what its policy allows; undefined where the policy wants none. */
export const recommendation = (
  autoscaler: VerticalPodAutoscaler,
  containerName: string,
  { target, lowerBound, upperBound }: Estimate,
): RecommendedContainer | undefined => {
  const policy = policyOf(autoscaler, containerName)
  if (policy?.mode === 'Off') return undefined
  const controlled = policy?.controlledResources ?? CONTROLLED
  const uncappedTarget = listOf(target, controlled)
  return {
    containerName,
    target: capped(uncappedTarget, policy),
    lowerBound: capped(listOf(lowerBound, controlled), policy),
    upperBound: capped(listOf(upperBound, controlled), policy),
    uncappedTarget,
  }
}

/** Source: pkg/utils/vpa/capping.go, applyVPAPolicy: first up to the minimum, then down to the maximum. */
const capped = (list: ResourceList, policy: ContainerResourcePolicy | undefined): ResourceList => {
  const within: Record<string, string> = {}
  for (const [name, quantity] of Object.entries(list)) {
    const least = policy?.minAllowed?.[name]
    const most = policy?.maxAllowed?.[name]
    let chosen = quantity
    if (least !== undefined && compareQuantities(chosen, least) < 0) chosen = least
    if (most !== undefined && compareQuantities(chosen, most) > 0) chosen = most
    within[name] = chosen
  }
  return within
}
