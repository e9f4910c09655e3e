/**
 * AppArmor profiles given as annotations, as before v1.30: the containers get the field that says the same.
 *
 * Source: pkg/registry/core/pod/strategy.go, applyAppArmorVersionSkew (v1.36).
 */
import type { Draft } from '../draft.ts'
import { sameJson } from '../hash.ts'
import type { Container, SecurityProfile } from '../types/container.ts'
import type { Pod, PodSpec } from '../types/pod.ts'

/** Of an annotation, before the container's name. */
export const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/'
/** Of a profile that is loaded on the node, before its name. */
export const LOCAL_PROFILE_PREFIX = 'localhost/'

/** The spec with the profiles that the Pod's annotations give; the spec itself where they give none. */
export function withAppArmor(pod: Draft<Pod>, spec: Draft<PodSpec>): Draft<PodSpec> {
  const annotations = pod.metadata?.annotations ?? {}
  const isMeant = Object.keys(annotations).some((key) => key.startsWith(APP_ARMOR_PREFIX))
  if (!isMeant || spec.os?.name === 'windows') return spec
  const inherited = spec.securityContext?.appArmorProfile
  const withProfile = (container: Draft<Container>): Draft<Container> => {
    const profile = profileOf(annotations[`${APP_ARMOR_PREFIX}${container.name ?? ''}`])
    if (profile === undefined || container.securityContext?.appArmorProfile !== undefined) return container
    if (inherited !== undefined && sameJson(inherited, profile)) return container
    return { ...container, securityContext: { ...container.securityContext, appArmorProfile: profile } }
  }
  const { containers, initContainers } = spec
  return {
    ...spec,
    ...(containers === undefined ? {} : { containers: containers.map(withProfile) }),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withProfile) }),
  }
}

function profileOf(annotation: string | undefined): SecurityProfile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' }
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' }
  if (annotation?.startsWith(LOCAL_PROFILE_PREFIX) !== true) return undefined
  const localhostProfile = annotation.slice(LOCAL_PROFILE_PREFIX.length)
  return localhostProfile === '' ? undefined : { type: 'Localhost', localhostProfile }
}
