import { defineController, type Controller } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import { hours } from '../../events/time.ts'
import { MANIFESTS } from './definitions.ts'

const INSTALL = 'install'

/** Makes the definitions and registers the webhook, as the manifests and the admission controller do. Whoever deletes them wanted that. */
export const vpaInstaller: Controller = defineController({
  name: 'vpa-installer',
  kinds: ['CustomResourceDefinition'],
  workers: 1,
  memory: () => ({ isDone: false }),
  wakes: () => [],
  ticks: [{ name: INSTALL, every: hours(24), run: ({ memory }) => (memory.isDone ? [] : [INSTALL]) }],

  *reconcile(_key, { memory }): Sync {
    for (const { kind, object } of MANIFESTS) {
      const answer = yield* call({ verb: 'create', kind, name: object.metadata.name, body: object })
      if (!answer.ok && answer.reason !== 'AlreadyExists') return { retry: answer.message }
    }
    memory.isDone = true
  },
})
