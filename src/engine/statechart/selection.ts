import { invariant } from '../invariant.ts'
import type { ChartNode, ChartTransition } from './source.ts'

/**
 * The transitions that an event of this type may take out of a leaf, first choice first: a state's own before its
 * parent's, and within one state the exact type before wildcards, the longest wildcard first. Guards are not asked.
 */
export const candidates = (leaf: ChartNode, eventType: string): readonly ChartTransition[] => {
  const found: ChartTransition[] = []
  for (let node: ChartNode | undefined = leaf; node !== undefined; node = node.parent) {
    found.push(...(node.transitions.get(eventType) ?? []))
    const wildcards = [...node.transitions.keys()]
      .filter((descriptor) => descriptor !== eventType && matchesWildcard(eventType, descriptor))
      .sort((a, b) => b.length - a.length)
    for (const descriptor of wildcards) found.push(...(node.transitions.get(descriptor) ?? []))
  }
  return found
}

/** `*` stands for every type, `image.*` for `image` and whatever begins with `image.`; a star elsewhere for nothing. */
const matchesWildcard = (eventType: string, descriptor: string): boolean => {
  if (descriptor === '*') return true
  if (!descriptor.endsWith('.*')) return false
  const prefix = descriptor.slice(0, -2)
  if (prefix.split('.').includes('*')) return false
  return eventType === prefix || eventType.startsWith(`${prefix}.`)
}

/** xstate's own signals steer an actor, not a chart; through a `*` they would look like events. */
const RESERVED: ReadonlySet<string> = new Set(['*', 'xstate.init', 'xstate.stop'])

export const demandDeliverable = (chartId: string, eventType: string): void =>
  invariant(!RESERVED.has(eventType), `chart '${chartId}' cannot receive '${eventType}': it is a signal of xstate`)
