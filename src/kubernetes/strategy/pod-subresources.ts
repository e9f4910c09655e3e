/** What may be changed of a Pod through its subresources. Source: pkg/registry/core/pod/strategy.go (v1.36). */
import type { Draft } from '../draft.ts'
import type { Container } from '../types/container.ts'
import type { Pod } from '../types/pod.ts'
import { validateEphemeralContainersUpdate } from '../validation/pod/ephemeral-containers.ts'
import { validatePodResize } from '../validation/pod/resize.ts'
import { withMembers } from '../with-members.ts'
import { specChanged } from './strategy.ts'
import type { SubresourceStrategy } from './subresources.ts'

/** Source: strategy.go, podEphemeralContainersStrategy. */
export const ephemeralContainersStrategy: SubresourceStrategy<Pod> = {
  prepareForUpdate: (next, before) =>
    changed(next, before, withMembers(before.spec, { ephemeralContainers: written(next)?.ephemeralContainers })),
  bumpsGeneration: specChanged,
  checkUpdate: validateEphemeralContainersUpdate,
}

/** Source: strategy.go, podResizeStrategy and dropNonResizeUpdates. */
export const resizeStrategy: SubresourceStrategy<Pod> = {
  prepareForUpdate: (next, before) =>
    changed(
      next,
      before,
      withMembers<Draft<Pod>['spec'] & object>(before.spec, {
        containers: resized(next.spec?.containers, before.spec.containers),
        initContainers: resized(next.spec?.initContainers, before.spec.initContainers),
        resources: next.spec?.resources,
      }),
    ),
  bumpsGeneration: specChanged,
  checkUpdate: validatePodResize,
}

const written = ({ spec }: Draft<Pod>): Pod['spec'] | undefined => spec as Pod['spec'] | undefined

/** Everything else stays as it was, names and versions aside. */
const changed = (next: Draft<Pod>, before: Pod, spec: Draft<Pod>['spec']): Draft<Pod> => {
  const metadata = withMembers(before.metadata, { resourceVersion: next.metadata?.resourceVersion ?? '' })
  return withMembers<Draft<Pod>>(before, { metadata, spec: definedOnly(spec) })
}

const definedOnly = (spec: Draft<Pod>['spec']): Draft<Pod>['spec'] =>
  spec && Object.fromEntries(Object.entries(spec).filter(([, member]) => member !== undefined))

function resized(
  next: readonly Draft<Container>[] | undefined,
  before: readonly Container[] | undefined,
): readonly Draft<Container>[] | undefined {
  // What was renamed, moved or left out stays so, for validation to see.
  if (next?.length !== before?.length || next?.some(({ name }, i) => name !== before?.[i]?.name)) return next
  return before?.map((container, i): Draft<Container> => {
    const { resources, resizePolicy } = next?.[i] ?? {}
    return withMembers<Draft<Container>>(container, {
      resources: resources ?? {},
      ...(resizePolicy === undefined ? {} : { resizePolicy }),
    })
  })
}
