/** What a Pod's placement promises, worked out the slow way from all objects: an independent word against the scheduler's. */
import { requiredTerms } from '../../src/actors/scheduler/framework/affinity-term.ts'
import { compileLabelSelector } from '../../src/kubernetes/selectors.ts'
import { toleratedBy } from '../../src/kubernetes/tolerations.ts'
import type { LabelSelector } from '../../src/kubernetes/types/meta.ts'
import type { Node } from '../../src/kubernetes/types/node.ts'
import type { Pod } from '../../src/kubernetes/types/pod.ts'
import type { PodAffinityTerm, TopologySpreadConstraint } from '../../src/kubernetes/types/scheduling.ts'

/** Pods on nodes and the nodes, as a scheduler saw them when it decided. */
export interface Scene {
  readonly nodes: readonly Node[]
  /** With a node that exists; all in one namespace. */
  readonly placed: readonly Pod[]
}

/** Required (anti-)affinity and hard spreading that a Pod on this node would break, as sentences. */
export function brokenPromises(scene: Scene, pod: Pod, nodeName: string): readonly string[] {
  const node = scene.nodes.find(({ metadata }) => metadata.name === nodeName)
  if (node === undefined) return [`${nodeName} does not exist`]
  return [
    ...brokenAntiAffinity(scene, pod, node),
    ...brokenAffinity(scene, pod, node),
    ...(pod.spec.topologySpreadConstraints ?? []).flatMap((constraint) => brokenSpread(scene, pod, node, constraint)),
  ]
}

const domain = (node: Node | undefined, key: string): string | undefined => node?.metadata.labels?.[key]

const matches = (selector: LabelSelector | undefined, pod: Pod): boolean =>
  selector !== undefined && compileLabelSelector(selector)(pod.metadata.labels)

const nodeOf = ({ nodes }: Scene, pod: Pod): Node | undefined =>
  nodes.find(({ metadata }) => metadata.name === pod.spec.nodeName)

const antiTerms = (pod: Pod): readonly PodAffinityTerm[] =>
  pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []

function brokenAntiAffinity(scene: Scene, pod: Pod, node: Node): readonly string[] {
  const problems: string[] = []
  for (const other of scene.placed) {
    const isNear = ({ topologyKey }: PodAffinityTerm): boolean => {
      const [own, theirs] = [domain(node, topologyKey), domain(nodeOf(scene, other), topologyKey)]
      return own !== undefined && own === theirs
    }
    const { name } = other.metadata
    for (const term of antiTerms(pod)) {
      if (isNear(term) && matches(term.labelSelector, other)) problems.push(`it is near ${name}, which it avoids`)
    }
    for (const term of antiTerms(other)) {
      if (isNear(term) && matches(term.labelSelector, pod)) problems.push(`it is near ${name}, which avoids it`)
    }
  }
  return problems
}

function brokenAffinity(scene: Scene, pod: Pod, node: Node): readonly string[] {
  const terms = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (terms.length === 0) return []
  if (terms.some(({ topologyKey }) => domain(node, topologyKey) === undefined)) return ['its node has no domain']
  const wanted = (other: Pod): boolean => terms.every(({ labelSelector }) => matches(labelSelector, other))
  const near = (term: PodAffinityTerm): boolean =>
    scene.placed.some(
      (other) => wanted(other) && domain(nodeOf(scene, other), term.topologyKey) === domain(node, term.topologyKey),
    )
  if (terms.every(near)) return []
  // The first of its kind may go anywhere.
  const isFirst = !scene.placed.some(
    (other) =>
      wanted(other) && terms.some(({ topologyKey }) => domain(nodeOf(scene, other), topologyKey) !== undefined),
  )
  return isFirst && requiredTerms(pod, terms).length > 0 && wanted(pod) ? [] : ['it is near nobody whom it wants']
}

function brokenSpread(scene: Scene, pod: Pod, node: Node, constraint: TopologySpreadConstraint): readonly string[] {
  const { topologyKey, whenUnsatisfiable, labelSelector, maxSkew, minDomains = 1, nodeTaintsPolicy } = constraint
  if (whenUnsatisfiable !== 'DoNotSchedule') return []
  const own = domain(node, topologyKey)
  if (own === undefined) return ['its node has no domain to spread over']
  const hard = (pod.spec.topologySpreadConstraints ?? []).filter((other) => other.whenUnsatisfiable === 'DoNotSchedule')
  const counts = new Map<string, number>()
  for (const each of scene.nodes) {
    const value = domain(each, topologyKey)
    if (value === undefined || hard.some((other) => domain(each, other.topologyKey) === undefined)) continue
    if (nodeTaintsPolicy === 'Honor' && !toleratesAll(pod, each)) continue
    const matching = scene.placed.filter(
      (other) =>
        other.spec.nodeName === each.metadata.name &&
        other.metadata.deletionTimestamp === undefined &&
        matches(labelSelector, other),
    )
    counts.set(value, (counts.get(value) ?? 0) + matching.length)
  }
  const fewest = counts.size < minDomains ? 0 : Math.min(...counts.values())
  const after = (counts.get(own) ?? 0) + (matches(labelSelector, pod) ? 1 : 0)
  return after - fewest > maxSkew ? [`${topologyKey} ${own} would have ${after}, another one ${fewest}`] : []
}

const toleratesAll = (pod: Pod, node: Node): boolean =>
  (node.spec.taints ?? []).every(
    (taint) => taint.effect === 'PreferNoSchedule' || toleratedBy(pod.spec.tolerations, taint),
  )
