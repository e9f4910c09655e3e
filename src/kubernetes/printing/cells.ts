/** Cells that the tables of several kinds have. Source: pkg/printers/internalversion/printers.go (v1.36). */
import { either } from 'fp-ts'
import type { Draft } from '../draft.ts'
import { canonicalQuantity } from '../quantity.ts'
import type { Container } from '../types/container.ts'
import type { Labels, Quantity } from '../types/meta.ts'
import type { LoadBalancerIngress } from '../types/networking.ts'

export const nameOf = (object: { readonly metadata?: { readonly name?: string | undefined } }): string =>
  object.metadata?.name ?? ''

export const bySpelling = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A map of labels, sorted by key. Source: apimachinery/pkg/labels/labels.go, FormatLabels. */
export function labelsText(labels: Labels | undefined): string {
  const keys = labels === undefined ? [] : Object.keys(labels)
  if (keys.length === 0) return '<none>'
  return keys
    .sort(bySpelling)
    .map((key) => `${key}=${labels?.[key] ?? ''}`)
    .join(',')
}

export const containerNames = (containers: readonly Draft<Container>[] = []): string =>
  containers.map(({ name = '' }) => name).join(',')

export const containerImages = (containers: readonly Draft<Container>[] = []): string =>
  containers.map(({ image = '' }) => image).join(',')

/** A quantity in its canonical spelling; a missing one is nought. */
export function quantityText(quantity: Quantity | undefined): string {
  if (quantity === undefined) return '0'
  const canonical = canonicalQuantity(quantity)
  return either.isRight(canonical) ? canonical.right : quantity
}

export const countOf = (map: object | undefined | null): number =>
  map === undefined || map === null ? 0 : Object.keys(map).length

/** The first of a list, and how many are left out. */
export const withMore = (items: readonly string[], most: number): string =>
  items.length > most ? `${items.slice(0, most).join(',')} + ${items.length - most} more...` : items.join(',')

/** Addresses of a load balancer, each once, sorted. Source: loadBalancerStatusStringer; the server prints all of them. */
export function loadBalancerText(ingress: readonly Draft<LoadBalancerIngress>[] = []): string {
  const addresses = new Set(ingress.map(({ ip, hostname }) => (ip !== undefined && ip !== '' ? ip : (hostname ?? ''))))
  addresses.delete('')
  return [...addresses].sort(bySpelling).join(',')
}
