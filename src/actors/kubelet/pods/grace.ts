import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { KillReason } from './actions.ts'
import { MIN_GRACE } from './stop.ts'

/** How long the containers of a Pod have to end. Source: kuberuntime_container.go, setTerminationGracePeriod (v1.36). */
export const graceOf = (pod: Pod): Micros => {
  const given = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds
  return given === undefined ? MIN_GRACE : seconds(Math.max(0, given))
}

/** How long one container has that is to end: the probe that it failed may say. */
export const graceAfterProbe = (pod: Pod, container: Container, reason: KillReason): Micros => {
  if (reason === 'resized' || pod.metadata.deletionGracePeriodSeconds !== undefined) return graceOf(pod)
  const probe = reason === 'failed startup' ? container.startupProbe : container.livenessProbe
  const own = probe?.terminationGracePeriodSeconds
  return own === undefined ? graceOf(pod) : seconds(own)
}
