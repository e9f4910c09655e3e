import { policyStatusController } from '../../../src/actors/controllers/validatingadmissionpolicy-status/validatingadmissionpolicy-status.ts'
import { made } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

const policy = (name: string): ReturnType<typeof made> =>
  made(
    'ValidatingAdmissionPolicy',
    name,
    { apiVersion: 'admissionregistration.k8s.io/v1', spec: { validations: [{ expression: 'true' }] } },
    { namespace: undefined },
  )

/** A policy is changed twice, another comes. */
export const policyStatus: SmallWorld = {
  name: 'validatingadmissionpolicy-status-controller',
  controllers: () => [policyStatusController],
  given: [policy('first')],
  steps: 8,
  script: {
    1: (stage) => stage.edit('ValidatingAdmissionPolicy', 'first', { failurePolicy: 'Ignore' }),
    2: (stage) => stage.put(policy('second')),
    4: (stage) => stage.edit('ValidatingAdmissionPolicy', 'first', { failurePolicy: 'Fail' }),
  },
  finally: (stage) =>
    stage
      .list('ValidatingAdmissionPolicy')
      .every(({ metadata, status }) => status?.observedGeneration === metadata.generation)
      ? undefined
      : 'a policy has not been looked at',
}
