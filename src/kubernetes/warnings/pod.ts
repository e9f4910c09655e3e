/**
 * What the API server takes of a Pod, and warns of.
 *
 * Source: pkg/api/pod/warnings.go; pkg/registry/core/pod/strategy.go, WarningsOnCreate (v1.36).
 * Abridged: the warnings that users meet; combinations of affinity and of volume projections aren't looked at.
 */
import { either } from 'fp-ts'
import type { ObjectMeta } from '../../events/json.ts'
import type { Container } from '../types/container.ts'
import type { ResourceList } from '../types/meta.ts'
import type { Pod, PodSpec } from '../types/pod.ts'
import type { Volume } from '../types/volume.ts'
import type { Draft } from '../draft.ts'
import { parseQuantity } from '../quantity.ts'
import { isDNS1123Label } from '../syntax.ts'

/** Labels of nodes that have other names now, with the release. */
const RENAMED_LABELS: ReadonlyMap<string, readonly [since: string, now: string]> = new Map([
  ['beta.kubernetes.io/arch', ['v1.14', 'kubernetes.io/arch']],
  ['beta.kubernetes.io/os', ['v1.14', 'kubernetes.io/os']],
  ['failure-domain.beta.kubernetes.io/region', ['v1.17', 'topology.kubernetes.io/region']],
  ['failure-domain.beta.kubernetes.io/zone', ['v1.17', 'topology.kubernetes.io/zone']],
  ['beta.kubernetes.io/instance-type', ['v1.17', 'node.kubernetes.io/instance-type']],
])

const OLD_VOLUMES: ReadonlyMap<keyof Volume, string> = new Map([
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
])

export function podWarnings(pod: Draft<Pod>): readonly string[] {
  const name = nameWarnings(pod.metadata?.name ?? '', "this is used in the Pod's hostname")
  return [...name, ...podSpecWarnings(pod.spec ?? {}, pod.metadata, '')]
}

/** A name that cannot be a host's. */
export function nameWarnings(name: string, use: string): readonly string[] {
  const problems = isDNS1123Label(name)
  if (name === '' || problems.length === 0) return []
  const advice = 'which can result in surprising behavior; a DNS label is recommended'
  return [`metadata.name: ${use}, ${advice}: [${problems.join(' ')}]`]
}

/** `prefix` is where the template stands: `spec.template.`, or '' for a Pod. */
export function podSpecWarnings(
  spec: Draft<PodSpec>,
  metadata: Draft<Pick<ObjectMeta, 'annotations'>> | undefined,
  prefix: string,
): readonly string[] {
  const at = `${prefix}spec`
  return [
    ...nodeSelectorWarnings(spec, at),
    ...duplicateAliases(spec, at),
    ...(spec.topologySpreadConstraints ?? []).flatMap(({ labelSelector }, i) =>
      labelSelector === undefined
        ? [`${at}.topologySpreadConstraints[${i}].labelSelector: a null labelSelector results in matching no pod`]
        : [],
    ),
    ...annotationWarnings(metadata, prefix),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name = '' }, i) =>
      name === '' ? [`${at}.imagePullSecrets[${i}].name: invalid empty name ""`] : [],
    ),
    ...(spec.volumes ?? []).flatMap((volume, i) => volumeWarnings(volume, `${at}.volumes[${i}]`)),
    ...(spec.initContainers ?? []).flatMap((each, i) => containerWarnings(each, `${at}.initContainers[${i}]`)),
    ...(spec.containers ?? []).flatMap((each, i) => containerWarnings(each, `${at}.containers[${i}]`)),
    ...amountWarnings(spec.overhead, `${at}.overhead`),
  ]
}

function nodeSelectorWarnings(spec: Draft<PodSpec>, at: string): readonly string[] {
  return Object.keys(spec.nodeSelector ?? {}).flatMap((key) => {
    const renamed = RENAMED_LABELS.get(key)
    return renamed === undefined
      ? []
      : [`${at}.nodeSelector[${key}]: deprecated since ${renamed[0]}; use "${renamed[1]}" instead`]
  })
}

function duplicateAliases(spec: Draft<PodSpec>, at: string): readonly string[] {
  const seen = new Set<string>()
  return (spec.hostAliases ?? []).flatMap(({ ip = '' }, i) => {
    if (!seen.has(ip)) {
      seen.add(ip)
      return []
    }
    return [`${at}.hostAliases[${i}].ip: duplicate ip "${ip}"`]
  })
}

function annotationWarnings(
  metadata: Draft<Pick<ObjectMeta, 'annotations'>> | undefined,
  prefix: string,
): readonly string[] {
  const at = `${prefix}metadata.annotations`
  return Object.keys(metadata?.annotations ?? {}).flatMap((key) => {
    if (key.startsWith('container.apparmor.security.beta.kubernetes.io/')) {
      return [`${at}[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`]
    }
    return key === 'scheduler.alpha.kubernetes.io/critical-pod'
      ? [`${at}[${key}]: non-functional in v1.16+; use the "priorityClassName" field instead`]
      : []
  })
}

function volumeWarnings(volume: Draft<Volume>, at: string): readonly string[] {
  const { projected } = volume
  const isEmpty = projected?.sources?.some((source) => Object.keys(source).length === 0) ?? projected !== undefined
  return [
    ...[...OLD_VOLUMES].flatMap(([source, words]) =>
      volume[source] === undefined ? [] : [`${at}.${source}: ${words}`],
    ),
    ...(isEmpty ? [`volume "${volume.name}" (Projected) has no sources provided`] : []),
  ]
}

function containerWarnings(container: Draft<Container>, at: string): readonly string[] {
  return [
    ...duplicateEnv(container, at),
    ...duplicatePorts(container, at),
    ...amountWarnings(container.resources?.limits, `${at}.resources.limits`),
    ...amountWarnings(container.resources?.requests, `${at}.resources.requests`),
  ]
}

/** Of bytes there are no fractions: `100m` of memory is a tenth of one. */
export function amountWarnings(list: ResourceList | undefined, at: string): readonly string[] {
  return ['memory', 'ephemeral-storage', 'storage'].flatMap((name) => {
    const text = list?.[name]
    const amount = text === undefined ? undefined : parseQuantity(text)
    if (amount === undefined || either.isLeft(amount) || amount.right.nanos % 1_000_000_000n === 0n) return []
    return [`${at}[${name}]: fractional byte value "${text}" is invalid, must be an integer`]
  })
}

function duplicateEnv(container: Draft<Container>, at: string): readonly string[] {
  const values = new Map<string, string | undefined>()
  return (container.env ?? []).flatMap(({ name = '', value }, i) => {
    // A later variable may be made of the earlier one: `PATH=$(PATH):/x`.
    const hides = values.has(name) && !(value ?? '').includes(`$(${name})`)
    values.set(name, value)
    return hides
      ? [`${at}.env[${i}]: hides previous definition of "${name}", which may be dropped when using apply`]
      : []
  })
}

function duplicatePorts(container: Draft<Container>, at: string): readonly string[] {
  const first = new Map<string, number>()
  return (container.ports ?? []).flatMap(({ containerPort, protocol, hostPort = 0, hostIP = '' }, i) => {
    const key = `${containerPort}/${protocol ?? 'TCP'}/${hostPort}/${hostIP}`
    const known = first.get(key)
    if (known !== undefined) return [`${at}.ports[${i}]: duplicate port definition with ${at}.ports[${known}]`]
    first.set(key, i)
    return []
  })
}
