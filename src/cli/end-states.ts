import { keyOf } from '../engine/client/keys.ts'
import type { ApiObject } from '../events/json.ts'
import type { Event as CoreEvent } from '../kubernetes/types/core.ts'
import type { View } from '../kubernetes/view.ts'
import { conditionStatus } from '../kubernetes/conditions.ts'
import { isReady, isTerminal, isTerminating, restartCount } from '../kubernetes/pods.ts'
import { renderTable } from './table.ts'

/** How a run ended: nodes, deployments and Pods, as `kubectl get` would show them. */
export const endStates = (view: View): string =>
  [nodes(view), deployments(view), pods(view)].filter((table) => table !== '').join('\n\n')

/** The last warning about each Pod that is not ready: what `kubectl describe` would show last. */
export const lastWarnings = (view: View): readonly string[] => {
  const last = new Map<string, CoreEvent>()
  for (const event of view.list('Event')) if (event.type === 'Warning') last.set(event.involvedObject.uid ?? '', event)
  return inOrder(view.list('Pod')).flatMap((pod) => {
    const event = last.get(pod.metadata.uid)
    if (event === undefined || isReady(pod) || isTerminal(pod)) return []
    return [`pod/${pod.metadata.namespace ?? ''}/${pod.metadata.name} ${event.reason ?? ''}: ${event.message ?? ''}`]
  })
}

/** By namespace and name, as kubectl lists. */
const inOrder = <O extends ApiObject>(objects: readonly O[]): readonly O[] =>
  objects.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

const nodes = (view: View): string =>
  renderTable(
    ['NODE', 'STATUS', 'PODS', 'TAINTS'],
    inOrder(view.list('Node')).map((node) => [
      node.metadata.name,
      conditionStatus(node.status?.conditions, 'Ready') === 'True' ? 'Ready' : 'NotReady',
      String(view.list('Pod').filter((pod) => pod.spec.nodeName === node.metadata.name).length),
      (node.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).join(',') || '<none>',
    ]),
  )

const deployments = (view: View): string =>
  renderTable(
    ['NAMESPACE', 'DEPLOYMENT', 'READY', 'UP-TO-DATE', 'AVAILABLE'],
    inOrder(view.list('Deployment')).map(({ metadata, spec, status }) => [
      metadata.namespace ?? '',
      metadata.name,
      `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
      String(status?.updatedReplicas ?? 0),
      String(status?.availableReplicas ?? 0),
    ]),
  )

const pods = (view: View): string =>
  renderTable(
    ['NAMESPACE', 'POD', 'READY', 'STATUS', 'RESTARTS', 'NODE'],
    inOrder(view.list('Pod')).map((pod) => {
      const { metadata, spec, status } = pod
      const statuses = status?.containerStatuses ?? []
      const waiting = statuses.find((one) => one.state?.waiting !== undefined)?.state?.waiting?.reason
      const phase = isTerminating(pod) ? 'Terminating' : (waiting ?? status?.phase ?? 'Pending')
      return [
        metadata.namespace ?? '',
        metadata.name,
        `${isReady(pod) ? spec.containers.length : statuses.filter((one) => one.ready).length}/${spec.containers.length}`,
        phase,
        String(restartCount(pod)),
        spec.nodeName ?? '<none>',
      ]
    }),
  )
