import { namespaceController } from '../../../src/actors/controllers/namespace/namespace.ts'
import { seconds } from '../../../src/events/time.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import { made } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

export const namespaceOf = (name: string): ReturnType<typeof made> =>
  made('Namespace', name, { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } })

/** What the API server does: an empty namespace without finalizers goes. */
const apiServer = (stage: Stage): void => {
  for (const { metadata, spec } of stage.list('Namespace'))
    if (metadata.deletionTimestamp !== undefined && (spec?.finalizers ?? []).length === 0)
      stage.remove('Namespace', metadata.name)
}

/** A namespace with something in it is deleted; what is in the other stays. */
export const namespace: SmallWorld = {
  name: 'namespace-controller',
  controllers: () => [namespaceController(['Pod', 'ConfigMap'])],
  given: [
    ...['old', 'other'].map(namespaceOf),
    made('ConfigMap', 'one', {}, { namespace: 'old' }),
    made('Pod', 'two', { spec: { containers: [] } }, { namespace: 'old' }),
    made('ConfigMap', 'mine', {}, { namespace: 'other' }),
  ],
  step: seconds(2),
  steps: 12,
  around: apiServer,
  script: {
    1: (stage) =>
      stage.change('Namespace', 'old', (object) => ({
        ...object,
        metadata: { ...object.metadata, deletionTimestamp: rfc3339(stage.now) },
        status: { phase: 'Terminating' },
      })),
  },
  never: (stage) => {
    if (stage.truth.get('ConfigMap', 'other', 'mine') === undefined) return 'another namespace lost its content'
    const isGone = stage.truth.get('Namespace', undefined, 'old') === undefined
    return isGone && stage.truth.get('Pod', 'old', 'two') !== undefined ? 'it went before its content' : undefined
  },
  finally: (stage) => (stage.truth.get('Namespace', undefined, 'old') === undefined ? undefined : 'it is there still'),
}
