import { disruptionController } from '../../../src/actors/controllers/disruption/disruption.ts'
import { made, readyPod, selector, template } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

const owner = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'web',
  uid: 'uid-ReplicaSet-web',
  controller: true,
}
const pod = (name: string): ReturnType<typeof made> => readyPod(name, {}, { ownerReferences: [owner] })

const unready = (stage: Stage, name: string): void =>
  stage.change('Pod', name, (before) => ({
    ...before,
    status: { ...before.status, conditions: [{ type: 'Ready', status: 'False' }] },
  }))

/** Pods fail and come; the budget is made smaller. */
export const disruption: SmallWorld = {
  name: 'disruption-controller',
  controllers: () => [disruptionController],
  given: [
    made('ReplicaSet', 'web', { spec: { replicas: 3, selector, template: template() } }),
    made('PodDisruptionBudget', 'web', { spec: { minAvailable: 2, selector } }),
    ...['web-1', 'web-2'].map(pod),
  ],
  steps: 8,
  script: {
    1: (stage) => stage.put(pod('web-3')),
    3: (stage) => unready(stage, 'web-1'),
    5: (stage) => stage.edit('PodDisruptionBudget', 'web', { minAvailable: 1 }),
  },
  finally: (stage) => {
    const allowed = stage.get('PodDisruptionBudget', 'web')?.status?.disruptionsAllowed
    return allowed === 1 ? undefined : `${allowed} disruptions are allowed, 1 may be`
  },
}
