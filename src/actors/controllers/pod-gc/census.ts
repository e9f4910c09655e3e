import { keyFor } from '../../../engine/client/keys.ts'
import { isScheduled, isTerminal, isTerminating } from '../../../kubernetes/pods.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Change } from '../../../kubernetes/view.ts'

/** Which Pods concern the garbage collector, by key, as far as its view has shown them. */
export class PodCensus {
  /** Succeeded or failed. */
  readonly finished = new Set<string>()
  /** On their way out, on some node. */
  readonly terminating = new Set<string>()
  /** On their way out, on no node. */
  readonly unscheduledTerminating = new Set<string>()
  /** Nodes that Pods name, and how many do. */
  readonly nodes = new Map<string, number>()

  note({ namespace, name, before, after }: Change): void {
    const key = keyFor(namespace, name)
    const pod = after as Pod | undefined
    const isGoing = pod !== undefined && isTerminating(pod)
    set(this.finished, key, pod !== undefined && isTerminal(pod))
    set(this.terminating, key, isGoing && isScheduled(pod))
    set(this.unscheduledTerminating, key, isGoing && !isScheduled(pod))
    this.move((before as Pod | undefined)?.spec.nodeName ?? '', pod?.spec.nodeName ?? '')
  }

  private move(from: string, to: string): void {
    if (from === to) return
    if (to !== '') this.nodes.set(to, (this.nodes.get(to) ?? 0) + 1)
    const rest = (this.nodes.get(from) ?? 0) - 1
    if (rest > 0) this.nodes.set(from, rest)
    else this.nodes.delete(from)
  }
}

const set = (keys: Set<string>, key: string, holds: boolean): void => {
  if (holds) keys.add(key)
  else keys.delete(key)
}
