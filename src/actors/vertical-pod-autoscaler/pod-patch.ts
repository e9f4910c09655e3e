import type { ApiObject } from '../../events/json.ts'
import { amountOf, quantityOf, quantityOfMillis, milliValue, value } from '../../kubernetes/quantity.ts'
import type { Quantity, ResourceList } from '../../kubernetes/types/meta.ts'
import type { PodSpec } from '../../kubernetes/types/pod.ts'
import { policyOf, type RecommendedContainer, type VerticalPodAutoscaler } from './types.ts'

/** Source: pkg/utils/annotations/vpa.go; pkg/admission-controller/resource/pod/patch/util.go (VPA 1.5). */
export const OBSERVED = 'vpaObservedContainers'
const UPDATES = 'vpaUpdates'

/** One step of a JSON patch. */
export interface PatchStep {
  readonly op: 'add'
  readonly path: string
  readonly value: unknown
}

/**
 * What makes a Pod ask for what is recommended. A limit keeps its proportion to the request, unless the policy leaves it alone.
 * Source: pkg/admission-controller/resource/pod/patch/resource_updates.go, CalculatePatches (VPA 1.5).
 */
export const podPatch = (pod: Patched, autoscaler: VerticalPodAutoscaler): readonly PatchStep[] => {
  const { steps, updates } = resourceSteps(pod, autoscaler)
  if (steps.length === 0) return []
  const annotations = {
    ...pod.metadata.annotations,
    [OBSERVED]: (pod.spec?.containers ?? []).map(({ name }) => name).join(', '),
    [UPDATES]: `Pod resources updated by ${autoscaler.metadata.name}: ${updates.join('; ')}`,
  }
  return [...steps, { op: 'add', path: '/metadata/annotations', value: annotations }]
}

/** What makes a Pod that runs ask for it: for its subresource `resize`. */
export const resizePatch = (pod: Patched, autoscaler: VerticalPodAutoscaler): readonly PatchStep[] =>
  resourceSteps(pod, autoscaler).steps

type Patched = ApiObject & { readonly spec?: PodSpec }

const resourceSteps = (
  pod: Patched,
  autoscaler: VerticalPodAutoscaler,
): { readonly steps: readonly PatchStep[]; readonly updates: readonly string[] } => {
  const recommended = autoscaler.status?.recommendation?.containerRecommendations ?? []
  const containers = pod.spec?.containers ?? []
  const steps: PatchStep[] = []
  const updates: string[] = []
  containers.forEach((container, index) => {
    const one = recommended.find(({ containerName }) => containerName === container.name)
    if (one === undefined || policyOf(autoscaler, container.name)?.mode === 'Off') return
    const { requests = {}, limits = {} } = container.resources ?? {}
    const keepsLimits = policyOf(autoscaler, container.name)?.controlledValues === 'RequestsOnly'
    const newLimits = keepsLimits ? limits : scaledLimits(requests, limits, one)
    const resources = {
      ...container.resources,
      requests: { ...requests, ...one.target },
      ...(Object.keys(newLimits).length === 0 ? {} : { limits: newLimits }),
    }
    steps.push({ op: 'add', path: `/spec/containers/${index}/resources`, value: resources })
    const changed = Object.keys(one.target).map((name) => `${name} request`)
    const grown = Object.keys(limits).filter((name) => newLimits[name] !== limits[name])
    updates.push(`container ${index}: ${[...changed, ...grown.map((name) => `${name} limit`)].join(', ')}`)
  })
  return { steps, updates }
}

/** Source: pkg/utils/vpa/limit_and_request_scaling.go, GetProportionalLimit. */
const scaledLimits = (requests: ResourceList, limits: ResourceList, { target }: RecommendedContainer): ResourceList => {
  const scaled: Record<string, Quantity> = { ...limits }
  for (const [name, wanted] of Object.entries(target)) {
    const limit = limits[name]
    if (limit === undefined) continue
    // Who names a limit only asks for as much.
    const request = requests[name] ?? limit
    const asked = amountOf(request).nanos
    if (asked === 0n) continue
    const factor = (units: number, of: number, to: number): number =>
      Number((BigInt(units) * BigInt(to) + BigInt(of) - 1n) / BigInt(of))
    scaled[name] =
      name === 'cpu'
        ? quantityOfMillis(factor(milliValue(limit), milliValue(request), milliValue(wanted)))
        : quantityOf(factor(value(limit), value(request), value(wanted)))
  }
  return scaled
}
