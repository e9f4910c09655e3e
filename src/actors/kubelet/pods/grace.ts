import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ProbeVerdict } from './actions.ts'
import { MIN_GRACE } from './stop.ts'

/** How long the containers of a Pod have to end. Source: kuberuntime_container.go, setTerminationGracePeriod (v1.36). */
export const graceOf = (pod: Pod): Micros => {
  const given = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds
  return given === undefined ? MIN_GRACE : seconds(Math.max(0, given))
}

/** How long one container has whose probe failed: the probe may say. */
export const graceAfterProbe = (pod: Pod, container: Container, verdict: ProbeVerdict): Micros => {
  if (pod.metadata.deletionGracePeriodSeconds !== undefined) return graceOf(pod)
  const probe = verdict === 'failed startup' ? container.startupProbe : container.livenessProbe
  const own = probe?.terminationGracePeriodSeconds
  return own === undefined ? graceOf(pod) : seconds(own)
}
