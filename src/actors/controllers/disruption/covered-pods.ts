import { keyFor } from '../../../engine/client/keys.ts'
import { matchesSelector, sameSelector } from '../../../kubernetes/selectors.ts'
import type { LabelSelector } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PodDisruptionBudget } from '../../../kubernetes/types/scheduling.ts'
import type { Change, View } from '../../../kubernetes/view.ts'

interface Budget {
  readonly selector: LabelSelector | undefined
  /** Names, in the order in which they came under the budget. */
  readonly pods: Set<string>
}

const NONE: readonly string[] = []

/** Which Pods each budget covers, kept up as the view moves: a Pod where there are no budgets costs one look-up. */
export class CoveredPods {
  /** By name, by namespace. */
  private readonly budgets = new Map<string, Map<string, Budget>>()

  budgetChanged(name: string, namespace: string, budget: PodDisruptionBudget | undefined, view: View): void {
    const budgets = this.budgets.get(namespace)
    if (budget === undefined) {
      budgets?.delete(name)
      if (budgets?.size === 0) this.budgets.delete(namespace)
      return
    }
    const { selector } = budget.spec
    const known = budgets?.get(name)
    if (known !== undefined && sameSelector(known.selector, selector)) return
    const pods = new Set<string>()
    for (const { metadata } of view.list('Pod', namespace)) {
      if (matchesSelector(selector, metadata.labels)) pods.add(metadata.name)
    }
    if (budgets === undefined) this.budgets.set(namespace, new Map([[name, { selector, pods }]]))
    else budgets.set(name, { selector, pods })
  }

  /** The budgets that cover a Pod as it is, or as it was last. */
  podChanged({ namespace = '', name, before, after }: Change): readonly string[] {
    const budgets = this.budgets.get(namespace)
    if (budgets === undefined) return NONE
    const { labels } = (after ?? before)?.metadata ?? {}
    const covering: string[] = []
    for (const [budget, { selector, pods }] of budgets) {
      const isCovered = matchesSelector(selector, labels)
      if (isCovered) covering.push(budget)
      if (isCovered && after !== undefined) pods.add(name)
      else pods.delete(name)
    }
    return covering
  }

  podsOf(budget: PodDisruptionBudget, view: View): readonly Pod[] {
    const { name, namespace = '' } = budget.metadata
    const pods: Pod[] = []
    for (const pod of this.budgets.get(namespace)?.get(name)?.pods ?? NONE) {
      const found = view.get('Pod', namespace, pod)
      if (found !== undefined) pods.push(found)
    }
    return pods
  }
}

/** Pods and budgets share one queue; no namespace has a colon in its name. */
const POD = 'pod:'

export const podKey = (namespace: string | undefined, name: string): string => POD + keyFor(namespace, name)

/** The key of the Pod that is to be looked at, or undefined for a budget's. */
export const podOf = (key: string): string | undefined => (key.startsWith(POD) ? key.slice(POD.length) : undefined)
