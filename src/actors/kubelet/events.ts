import type { Seq } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { ApiClient } from '../../engine/client/api-client.ts'
import { EVENT_RETRY, EventRecorder } from '../../engine/client/event-recorder.ts'
import type { Container } from '../../kubernetes/types/container.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { EVENT_BURST, EVENT_QPS } from './config.ts'

/** What a kubelet tells people: Events about its Pods, their containers, and itself. */
export class KubeletEvents {
  private readonly node: string
  private readonly context: ActorContext
  /** Undefined for a kubelet that records none. */
  private readonly recorder: EventRecorder | undefined

  constructor(node: string, client: ApiClient, records: boolean, context: ActorContext) {
    this.node = node
    this.context = context
    const limits = { qps: EVENT_QPS, burst: EVENT_BURST }
    this.recorder = records ? new EventRecorder({ client, component: 'kubelet', host: node, ...limits }) : undefined
  }

  pod(
    pod: Pod,
    container: string | undefined,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    cause?: Seq,
  ): void {
    const fieldPath = container === undefined ? undefined : fieldPathOf(pod, container)
    this.recorder?.record(this.context, { kind: 'Pod', object: pod, fieldPath }, type, reason, message, cause)
  }

  /** About the Node by name alone, as upstream does it. */
  ofNode(reason: string, message: string): void {
    const object: ApiObject = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: this.node, uid: '', resourceVersion: '', creationTimestamp: '' },
    }
    this.recorder?.record(this.context, { kind: 'Node', object }, 'Normal', reason, message)
  }

  /** True when the event was the recorder's alarm. */
  alarm(name: string, key: string): boolean {
    if (name !== EVENT_RETRY) return false
    this.recorder?.retry(this.context, key)
    return true
  }
}

const fieldPathOf = (pod: Pod, container: string): string => {
  const isIn = (list: readonly Container[] | undefined): boolean =>
    list?.some(({ name }) => name === container) === true
  const { initContainers, ephemeralContainers } = pod.spec
  const list = isIn(initContainers)
    ? 'initContainers'
    : isIn(ephemeralContainers)
      ? 'ephemeralContainers'
      : 'containers'
  return `spec.${list}{${container}}`
}
