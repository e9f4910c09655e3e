import { garbageCollectorController } from '../../../src/actors/controllers/garbage-collector/garbage-collector.ts'
import { made } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

const ownedBy = (...names: readonly string[]): object => ({
  ownerReferences: names.map((name) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    uid: `uid-ConfigMap-${name}`,
    blockOwnerDeletion: true,
  })),
})

/** Owners go in each of the three ways; children that have another owner stay. */
export const garbageCollector: SmallWorld = {
  name: 'garbage-collector-controller',
  controllers: () => [garbageCollectorController(['ConfigMap', 'Secret'])],
  given: [
    ...['background', 'foreground', 'orphaning', 'lives'].map((name) => made('ConfigMap', name)),
    ...['background', 'foreground', 'orphaning'].map((name) => made('Secret', `of-${name}`, {}, ownedBy(name))),
    made('Secret', 'shared', {}, ownedBy('background', 'lives')),
  ],
  steps: 8,
  script: {
    1: (stage) => stage.delete('ConfigMap', 'background'),
    3: (stage) => stage.delete('ConfigMap', 'foreground', { propagationPolicy: 'Foreground' }),
    5: (stage) => stage.delete('ConfigMap', 'orphaning', { propagationPolicy: 'Orphan' }),
  },
  never: (stage) => {
    if (stage.get('Secret', 'shared') === undefined) return 'an object went whose owner lives'
    if (stage.get('Secret', 'of-orphaning') === undefined) return 'an orphan went'
    const isGone = stage.get('ConfigMap', 'foreground') === undefined
    return isGone && stage.get('Secret', 'of-foreground') !== undefined ? 'an owner went first' : undefined
  },
  finally: (stage) =>
    stage.list('Secret').length === 2 && stage.list('ConfigMap').length === 1 ? undefined : 'not all went that should',
}
