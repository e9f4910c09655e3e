import type { World } from '../../../engine/client/controller.ts'
import type { ApiAnswer } from '../../../engine/client/api-client.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { rowByApiVersion } from '../../../kubernetes/registry.ts'
import type { HorizontalPodAutoscaler } from '../../../kubernetes/types/autoscaling.ts'

/** The part of a Scale that counts here. Source: api/autoscaling/v1/types.go. */
export interface Scale {
  readonly spec: { readonly replicas?: number }
  readonly status: { readonly replicas: number; readonly selector?: string }
}

/** What is scaled: where it is reached and how large it is. */
export interface Target {
  readonly kind: Kind
  readonly scale: Scale
}

/** What the autoscaler's target is, or why its size cannot be read. Source: horizontal.go, scaleForResourceMappings (v1.36). */
export function* readTarget(
  autoscaler: HorizontalPodAutoscaler,
  world: World,
): Sync<Target | { readonly problem: string }> {
  const { namespace } = autoscaler.metadata
  const { name } = autoscaler.spec.scaleTargetRef
  const kind = kindOf(autoscaler, world)
  if (kind === undefined) {
    const { kind: wanted, apiVersion = 'v1' } = autoscaler.spec.scaleTargetRef
    const slash = apiVersion.indexOf('/')
    const group = slash < 0 ? '' : apiVersion.slice(0, slash)
    return { problem: `no matches for kind "${wanted}" in group "${group}"` }
  }
  const answer = yield* call({ verb: 'get', kind, namespace, name, subresource: 'scale' })
  return answer.ok ? { kind, scale: answer.body as Scale } : { problem: answer.message }
}

const kindOf = (autoscaler: HorizontalPodAutoscaler, world: World): Kind | undefined => {
  const { kind, apiVersion = 'v1' } = autoscaler.spec.scaleTargetRef
  const builtIn = rowByApiVersion(apiVersion, kind)
  if (builtIn !== undefined) return builtIn.subresources.includes('scale') ? builtIn.kind : undefined
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))
  for (const { metadata, spec } of world.view.list('CustomResourceDefinition')) {
    if (spec.group === group && spec.names.kind === kind) return metadata.name as Kind
  }
  return undefined
}

/** Asks for another size. */
export function* writeScale(
  { kind, scale }: Target,
  { metadata, spec }: HorizontalPodAutoscaler,
  replicas: number,
): Sync<ApiAnswer> {
  const { namespace } = metadata
  const { name } = spec.scaleTargetRef
  const body = { ...scale, spec: { ...scale.spec, replicas } }
  return yield* call({ verb: 'update', kind, namespace, name, subresource: 'scale', body })
}
