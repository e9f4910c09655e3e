import type { NodeStatuses } from './node-statuses.ts'

/**
 * Why no node fits, as people see it.
 * Source: pkg/scheduler/framework/types.go, FitError.Error (v1.36).
 *
 * @param preFilter what PreFilter said, if it rejected the Pod as a whole
 * @param postFilter what preemption added
 */
export function fitErrorMessage(
  allNodes: number,
  statuses: NodeStatuses,
  preFilter: string,
  postFilter: string,
): string {
  let message = `0/${allNodes} nodes are available:`
  if (preFilter !== '') message += ` ${preFilter}.`
  else {
    const reasons = reasonHistogram(allNodes, statuses)
    if (reasons !== '') message += ` ${reasons}.`
  }
  return postFilter === '' ? message : `${message} ${postFilter}`
}

/** How often each reason was given. */
export function countReasons(allNodes: number, statuses: NodeStatuses): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const told = statuses.statuses
  // Neighbours are mostly rejected for the same, and then by the same object.
  for (let from = 0; from < told.length;) {
    const status = told[from]
    let to = from + 1
    while (to < told.length && told[to] === status) to++
    for (const reason of status?.reasons ?? []) counts.set(reason, (counts.get(reason) ?? 0) + to - from)
    from = to
  }
  const rest = allNodes - statuses.size
  if (rest > 0) {
    for (const reason of statuses.absent.reasons) counts.set(reason, (counts.get(reason) ?? 0) + rest)
  }
  return counts
}

/** Sorted as texts, numbers and all: "10 x" stands before "2 x". */
function reasonHistogram(allNodes: number, statuses: NodeStatuses): string {
  const texts: string[] = []
  for (const [reason, count] of countReasons(allNodes, statuses)) texts.push(`${count} ${reason}`)
  return texts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(', ')
}
