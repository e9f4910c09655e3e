import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { isSidecar } from '../../../kubernetes/pods.ts'
import { instanceOf, type PodState } from '../runtime/pod-state.ts'

/**
 * Whether an ended container is to run again, by its own policy and rules, else by the Pod's policy.
 * Source: pkg/api/v1/pod/util.go, ContainerShouldRestart (v1.36; ContainerRestartRules is beta and on).
 */
export const restartsAfter = (pod: Pod, container: Container, exitCode: number): boolean => {
  if (isSidecar(container)) return true
  if (container.restartPolicy !== undefined) {
    for (const { exitCodes, action } of container.restartPolicyRules ?? []) {
      if (exitCodes === undefined || action !== 'Restart') continue
      const listed = exitCodes.values?.includes(exitCode) ?? false
      if (listed === (exitCodes.operator === 'In')) return true
    }
    return byPolicy(container.restartPolicy, exitCode)
  }
  return byPolicy(pod.spec.restartPolicy ?? 'Always', exitCode)
}

const byPolicy = (policy: string, exitCode: number): boolean =>
  policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)

/** Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, shouldRestartOnFailure. */
export const restartsOnFailure = (pod: Pod): boolean => pod.spec.restartPolicy !== 'Never'

/** Whether the next sync will start this container. Source: pkg/kubelet/container/helpers.go, ShouldContainerBeRestarted. */
export const isToBeStarted = (pod: Pod, container: Container, state: PodState): boolean => {
  if (pod.metadata.deletionTimestamp !== undefined) return false
  const instance = instanceOf(state, container.name)
  if (instance === undefined) return true
  return instance.end !== undefined && restartsAfter(pod, container, instance.end.exitCode)
}
