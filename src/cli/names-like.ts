/** What a name that nothing bears may have been meant for. */
import type { ClusterProjections } from '../cluster/projections.ts'
import type { ObjectRef } from '../cluster/object-ref.ts'
import { subject } from '../projections/timeline/subject.ts'

/** As many are told of. */
const MOST = 5

/** Objects of the kind that were there at some time: first those of that name elsewhere, then those whose names hold it. */
export const namesLike = (
  projections: Pick<ClusterProjections, 'head' | 'timeline'>,
  { kind, namespace, name }: ObjectRef,
): readonly string[] => {
  const present = projections
    .head()
    .list(kind)
    .map(({ metadata }) => ({ kind, namespace: metadata.namespace, name: metadata.name }))
  const told = projections.timeline().flatMap(({ object }) => (object?.kind === kind ? [object] : []))
  const near = [...present, ...told].filter((one) => one.name.includes(name))
  const rank = (one: (typeof near)[number]): number =>
    (one.name === name ? 0 : 2) + (one.namespace === namespace ? 0 : 1)
  return [...new Set(near.toSorted((a, b) => rank(a) - rank(b)).map(subject))]
}

/** `; there is pod/shop/web-1`, or nothing. */
export const suggestion = (names: readonly string[]): string => {
  if (names.length === 0) return ''
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : ''
  return `; there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, MOST).join(', ')}${more}`
}
