import { defineController } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'

/**
 * Says of each policy that its expressions have been looked at.
 * Source: pkg/controller/validatingadmissionpolicystatus/controller.go, reconcile (v1.36).
 * Abridged: expressions are not checked against the types of what they match, so there is never a warning to tell.
 */
export const policyStatusController = defineController({
  name: 'validatingadmissionpolicy-status-controller',
  kinds: ['ValidatingAdmissionPolicy'],
  workers: 5,
  maxRetries: 15,
  memory: () => undefined,
  wakes: ({ name, after }) => (after === undefined ? [] : [name]),

  *reconcile(name, world): Sync {
    const policy = world.view.get('ValidatingAdmissionPolicy', undefined, name)
    if (policy === undefined) return
    const observedGeneration = policy.metadata.generation ?? 0
    if ((policy.status?.observedGeneration ?? 0) >= observedGeneration) return
    const body = { status: { observedGeneration, typeChecking: {} } }
    const answer = yield* call({
      ...{ verb: 'patch', kind: 'ValidatingAdmissionPolicy', name, subresource: 'status', patchType: 'merge', body },
    })
    return answer.ok || answer.code === 404 ? undefined : { retry: answer.message }
  },
})
