import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Job } from '../../../kubernetes/types/workloads.ts'

/** Source: api/batch/v1/types.go, JobCompletionIndexAnnotation. */
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index'

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed'

/** The index that a Pod works on; undefined where it says none of those that its Job has. */
export const indexOf = (pod: Pod, { spec: { completions = 0 } }: Job): number | undefined => {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX]
  if (text === undefined || !/^\d+$/.test(text)) return undefined
  const index = Number(text)
  return index < completions ? index : undefined
}

/**
 * Indexes as a status tells them: `0,2-4`. What lies outside of the completions is left out.
 * Source: pkg/controller/job/indexed_job_utils.go, parseIndexesFromString (v1.36).
 */
export const parseIndexes = (text: string | undefined, completions: number): ReadonlySet<number> => {
  const indexes = new Set<number>()
  if (text === undefined || text === '') return indexes
  for (const part of text.split(',')) {
    const [first, last = first] = part.split('-').map(Number)
    if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last)) continue
    for (let index = first; index <= last && index < completions; index++) indexes.add(index)
  }
  return indexes
}

/** Two in a row are told apart, three and more as a range. Source: indexed_job_utils.go, orderedIntervals.String. */
export const formatIndexes = (indexes: ReadonlySet<number>): string => {
  const sorted = [...indexes].sort((a, b) => a - b)
  const parts: string[] = []
  for (let i = 0; i < sorted.length;) {
    let end = i
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end++
    const [first, last] = [sorted[i] ?? 0, sorted[end] ?? 0]
    parts.push(first === last ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`)
    i = end + 1
  }
  return parts.join(',')
}

export const union = (a: ReadonlySet<number>, b: Iterable<number>): ReadonlySet<number> => new Set([...a, ...b])
