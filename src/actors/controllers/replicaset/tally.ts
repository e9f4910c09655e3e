import { controllerOf } from '../../../kubernetes/owners.ts'
import { isAvailable, isReady, isTerminal, isTerminating } from '../../../kubernetes/pods.ts'
import { compileLabelSelector, type LabelMatch } from '../../../kubernetes/selectors.ts'
import type { Micros } from '../../../events/envelope.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import type { Change, View } from '../../../kubernetes/view.ts'

/** What a ReplicaSet's status says of its Pods. Source: pkg/controller/replicaset/replica_set_utils.go, calculateStatus. */
export interface Counts {
  readonly active: number
  readonly labelled: number
  readonly ready: number
  readonly available: number
  /** On the way out, with containers that may still run. */
  readonly terminating: number
}

/** Counts over the active Pods that were claimed, and over all candidates for those that stop. */
export const countPods = (
  { spec: { selector, template, minReadySeconds = 0 } }: ReplicaSet,
  active: readonly Pod[],
  all: readonly Pod[],
  now: Micros,
): Counts => {
  const matches = compileLabelSelector(selector)
  const isLabelled = labelsOfTemplate(template)
  let labelled = 0
  let ready = 0
  let available = 0
  let terminating = 0
  for (const pod of active) {
    if (isLabelled(pod.metadata.labels)) labelled++
    if (isReady(pod)) ready++
    if (isAvailable(pod, minReadySeconds, now)) available++
  }
  for (const pod of all) {
    const isMine = controllerOf(pod) !== undefined && matches(pod.metadata.labels)
    if (isMine && isTerminating(pod) && !isTerminal(pod)) terminating++
  }
  return { active: active.length, labelled, ready, available, terminating }
}

const labelsOfTemplate = (template: ReplicaSet['spec']['template']): LabelMatch =>
  compileLabelSelector({ matchLabels: template?.metadata?.labels })

/** The same counts, kept up to date as each Pod changes: a pass over a thousand Pods for each change of one is too much. */
class Tally {
  readonly selector: ReplicaSet['spec']['selector']
  readonly template: ReplicaSet['spec']['template']
  active = 0
  labelled = 0
  ready = 0
  terminating = 0
  /** Active Pods that it controls though its selector does not match them: to be released. */
  strangers = 0
  private readonly matches: LabelMatch
  private readonly isLabelled: LabelMatch

  constructor({ spec: { selector, template } }: ReplicaSet) {
    this.selector = selector
    this.template = template
    this.matches = compileLabelSelector(selector)
    this.isLabelled = labelsOfTemplate(template)
  }

  /** `by` is 1 for a Pod that is there now, -1 for one that was. */
  count(pod: Pod, by: 1 | -1): void {
    if (isTerminal(pod)) return
    const isMine = this.matches(pod.metadata.labels)
    if (isTerminating(pod)) {
      if (isMine) this.terminating += by
    } else if (isMine) {
      this.active += by
      if (this.isLabelled(pod.metadata.labels)) this.labelled += by
      if (isReady(pod)) this.ready += by
    } else this.strangers += by
  }
}

/** The tallies of all ReplicaSets that were looked at, by uid. They follow the view, whatever it shows. */
export class Tallies {
  private readonly byUid = new Map<string, Tally>()

  /** A Pod, or a ReplicaSet that is gone. Give it every change that the view shows, in order. */
  see({ kind, before, after }: Change): void {
    if (kind === 'Pod') {
      if (before !== undefined) this.tallyOf(before as Pod)?.count(before as Pod, -1)
      if (after !== undefined) this.tallyOf(after as Pod)?.count(after as Pod, 1)
    } else if (before !== undefined && before.metadata.uid !== after?.metadata.uid)
      this.byUid.delete(before.metadata.uid)
  }

  /**
   * The counts of a ReplicaSet for which there is nothing to claim or release. Undefined where there is, or where counts
   * depend on the time.
   */
  counts(replicaSet: ReplicaSet, view: View): Counts | undefined {
    const { selector, minReadySeconds = 0 } = replicaSet.spec
    if (minReadySeconds > 0) return undefined
    const matches = compileLabelSelector(selector)
    const orphans = view.indexed('Pod', 'orphan', replicaSet.metadata.namespace ?? '')
    if (orphans.some((pod) => matches(pod.metadata.labels))) return undefined
    const tally = this.current(replicaSet, view)
    if (tally.strangers > 0) return undefined
    const { active, labelled, ready, terminating } = tally
    return { active, labelled, ready, available: ready, terminating }
  }

  private tallyOf(pod: Pod): Tally | undefined {
    const owner = controllerOf(pod)
    return owner === undefined ? undefined : this.byUid.get(owner.uid)
  }

  private current(replicaSet: ReplicaSet, view: View): Tally {
    const { uid } = replicaSet.metadata
    const { selector, template } = replicaSet.spec
    const known = this.byUid.get(uid)
    if (known?.selector === selector && known.template === template) return known
    const tally = new Tally(replicaSet)
    for (const pod of view.indexed('Pod', 'controller', uid)) tally.count(pod, 1)
    this.byUid.set(uid, tally)
    return tally
  }
}
