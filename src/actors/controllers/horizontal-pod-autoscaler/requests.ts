import { either } from 'fp-ts'
import { isSidecar } from '../../../kubernetes/pods.ts'
import { milliValue } from '../../../kubernetes/quantity.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

/**
 * What each Pod asks for of a resource, in thousandths: in one container or in all that run together.
 * Source: pkg/controller/podautoscaler/replica_calculator.go, calculatePodRequests (v1.36).
 */
export const requestsOf = (
  pods: readonly Pod[],
  resource: string,
  container: string,
): either.Either<string, ReadonlyMap<string, number>> => {
  const requests = new Map<string, number>()
  for (const pod of pods) {
    const { name } = pod.metadata
    const ofPod = container === '' ? pod.spec.resources?.requests?.[resource] : undefined
    if (ofPod !== undefined) {
      requests.set(name, milliValue(ofPod))
      continue
    }
    let sum = 0
    for (const one of [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)]) {
      if (container !== '' && container !== one.name) continue
      const request = one.resources?.requests?.[resource]
      if (request === undefined) {
        return either.left(`missing request for ${resource} in container ${one.name} of Pod ${name}`)
      }
      sum += milliValue(request)
    }
    requests.set(name, sum)
  }
  return either.right(requests)
}
