import { podPriority } from '../../../kubernetes/pods.ts'
import type { SchedulerPlugin } from '../framework/plugin.ts'

/** Higher priority first, then who waits longer. Source: plugins/queuesort/priority_sort.go (v1.36). */
export const prioritySort = (): SchedulerPlugin => ({
  name: 'PrioritySort',
  less: (a, b) => {
    const [first, second] = [podPriority(a.pod), podPriority(b.pod)]
    return first > second || (first === second && a.timestamp < b.timestamp)
  },
})
