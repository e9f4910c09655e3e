import type { Random } from '../../engine/kernel/random.ts'
import { invariant } from '../../engine/invariant.ts'
import type { ScaleUpOption } from './estimator.ts'
import type { Expander } from './options.ts'
import { prioritiesOf } from './priorities.ts'

/**
 * The best of several options: each expander keeps those that are equally good to it; chance takes one of what is left.
 * Source: cluster-autoscaler/expander/factory/chain.go (v1.36).
 */
export const bestOption = (
  options: readonly ScaleUpOption[],
  expanders: readonly Expander[],
  /** What the ConfigMap of the expander `priority` says. */
  priorities: string,
  random: Random,
): ScaleUpOption => {
  let left = options
  for (const expander of expanders) {
    if (left.length > 1) left = narrow(expander, left, priorities)
  }
  const option = left[left.length === 1 ? 0 : random.below(left.length)]
  invariant(option !== undefined, 'no expander takes the last option away')
  return option
}

const narrow = (
  expander: Expander,
  options: readonly ScaleUpOption[],
  priorities: string,
): readonly ScaleUpOption[] => {
  switch (expander) {
    case 'random':
      return options
    case 'least-waste':
      return smallest(options, waste)
    case 'most-pods':
      return smallest(options, ({ pods }) => -pods.length)
    case 'price':
      return smallest(options, cost)
    case 'priority':
      return mostWanted(options, priorities)
  }
}

const smallest = (
  options: readonly ScaleUpOption[],
  score: (option: ScaleUpOption) => number,
): readonly ScaleUpOption[] => {
  const scores = options.map(score)
  const least = scores.reduce((a, b) => Math.min(a, b))
  return options.filter((_, index) => scores[index] === least)
}

/** The parts of processors and of memory that would lie idle, together. Source: expander/waste/waste.go. */
const waste = ({ nodes, requested, allocatable }: ScaleUpOption): number =>
  idle(requested.milliCPU, allocatable.milliCPU * nodes) + idle(requested.memory, allocatable.memory * nodes)

const idle = (used: number, all: number): number => (all > 0 ? (all - used) / all : 0)

/**
 * What the new nodes cost for each Pod that they help.
 * Abridged: upstream compares with what the Pods would be worth by themselves and prefers nodes of a size that fits the cluster's.
 * Source: expander/price/price.go (v1.36).
 */
const cost = ({ group, nodes, pods }: ScaleUpOption): number => (group.price * nodes) / pods.length

/** Groups that match a name of the highest priority; all, where none matches any. Source: expander/priority/priority.go. */
const mostWanted = (options: readonly ScaleUpOption[], text: string): readonly ScaleUpOption[] => {
  let best = -1
  let wanted: ScaleUpOption[] = []
  for (const option of options) {
    for (const { priority, patterns } of prioritiesOf(text)) {
      if (priority < best || !patterns.some((pattern) => pattern.test(option.group.name))) continue
      if (priority > best) wanted = []
      best = priority
      if (!wanted.includes(option)) wanted.push(option)
    }
  }
  return wanted.length === 0 ? options : wanted
}
