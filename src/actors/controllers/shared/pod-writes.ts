import type { ApiObject } from '../../../events/json.ts'
import type { ApiAnswer, ApiCall, ApiFailure } from '../../../engine/client/api-client.ts'
import type { World } from '../../../engine/client/controller.ts'
import { keyOf } from '../../../engine/client/keys.ts'
import { all, isNamespaceTerminating, slowStart, type Sync } from '../../../engine/client/sync.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { deletePodCall } from './pod-control.ts'

/** How many Pods were not written, and why the first of them was not. */
export interface PodWrites {
  readonly failures: number
  readonly failure: string | undefined
}

/**
 * Creates Pods in growing batches; what is not created will not be seen, so it is no longer expected. Each is announced.
 * A namespace that goes away refuses all Pods. That counts as done: nobody need try again, and the expectations stay.
 * Source: pkg/controller/controller_utils.go, RealPodControl.createPods; slowStartBatch (v1.36).
 */
export function* createPodsSlowly(
  key: string,
  owner: ApiObject,
  calls: readonly ApiCall<'Pod'>[],
  world: World,
): Sync<PodWrites> {
  let failures = 0
  let failure: string | undefined
  const sent = yield* slowStart(
    calls,
    (answer) => {
      announceCreation(owner, answer, world)
      if (answer.ok || isNamespaceTerminating(answer)) return
      world.expectations.created(key)
      failures++
      failure ??= answer.message
    },
    (answer) => !answer.ok && !isNamespaceTerminating(answer),
  )
  const skipped = calls.length - sent
  world.expectations.created(key, skipped)
  return { failures: failures + skipped, failure }
}

const announceCreation = (owner: ApiObject, answer: ApiAnswer<'Pod'>, world: World): void => {
  const kind = owner.kind as Kind
  if (answer.ok) {
    world.event(kind, owner, 'Normal', 'SuccessfulCreate', `Created pod: ${answer.object?.metadata.name ?? ''}`)
  } else if (!isNamespaceTerminating(answer)) {
    world.event(kind, owner, 'Warning', 'FailedCreate', `Error creating: ${answer.message}`)
  }
}

/** Deletes Pods all at once. `goneIsFailure`: whether one that is gone already counts as a failure, though a silent one. */
export function* deletePodsAtOnce(
  key: string,
  owner: ApiObject,
  pods: readonly Pod[],
  world: World,
  goneIsFailure = false,
): Sync<PodWrites> {
  let failures = 0
  let failure: string | undefined
  yield* all(pods.map(deletePodCall), (answer, index) => {
    const pod = pods[index]
    if (pod === undefined) return
    announceDeletion(owner, pod, answer, world)
    if (answer.ok) return
    world.expectations.deleted(key, keyOf(pod))
    if (answer.code === 404 && !goneIsFailure) return
    failures++
    failure ??= deletionProblem(answer)
  })
  return { failures, failure }
}

/** Source: pkg/controller/controller_utils.go, RealPodControl.DeletePod. */
export const announceDeletion = (owner: ApiObject, pod: Pod, answer: ApiAnswer<'Pod'>, world: World): void => {
  const kind = owner.kind as Kind
  if (answer.ok) world.event(kind, owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
  else if (answer.code !== 404) {
    world.event(kind, owner, 'Warning', 'FailedDelete', `Error deleting: ${answer.message}`)
  }
}

export const deletionProblem = ({ code, message }: ApiFailure): string =>
  code === 404 ? message : `unable to delete pods: ${message}`
