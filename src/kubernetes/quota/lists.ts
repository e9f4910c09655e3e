/** Sums over lists of resources. Source: apiserver/pkg/quota/v1/resources.go (v1.36). */
import { addQuantities, compareQuantities, isZeroQuantity, subtractQuantities } from '../quantity.ts'
import type { ResourceList } from '../types/meta.ts'

const ZERO = '0'

const combined = (a: ResourceList, b: ResourceList, join: (x: string, y: string) => string): ResourceList => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries([...names].map((name) => [name, join(a[name] ?? ZERO, b[name] ?? ZERO)]))
}

export const addLists = (a: ResourceList, b: ResourceList): ResourceList => combined(a, b, addQuantities)
export const subtractLists = (a: ResourceList, b: ResourceList): ResourceList => combined(a, b, subtractQuantities)

/** The part of a list that names these resources. */
export const maskList = (list: ResourceList, names: readonly string[]): ResourceList =>
  Object.fromEntries(names.flatMap((name) => (list[name] === undefined ? [] : [[name, list[name]]])))

export const withoutZeros = (list: ResourceList): ResourceList =>
  Object.fromEntries(Object.entries(list).filter(([, amount]) => !isZeroQuantity(amount)))

/** Resources of which there is more than a bound allows; what has no bound never is. */
export const exceeding = (list: ResourceList, bounds: ResourceList): readonly string[] =>
  Object.entries(list).flatMap(([name, amount]) => {
    const bound = bounds[name]
    return bound !== undefined && compareQuantities(amount, bound) > 0 ? [name] : []
  })

/** `pods=1,requests.cpu=600m`, by name. Source: plugin/resourcequota/controller.go, prettyPrint. */
export const listText = (list: ResourceList): string =>
  Object.entries(list)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, amount]) => `${name}=${amount}`)
    .join(',')
