import { pvProtectionController } from '../../../src/actors/controllers/pv-protection/pv-protection.ts'
import { made } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

const volume = (name: string, phase: string): ReturnType<typeof made> =>
  made('PersistentVolume', name, { spec: { capacity: { storage: '1Gi' } }, status: { phase } })

const release = (stage: Stage): void =>
  stage.change('PersistentVolume', 'bound', (one) => ({ ...one, status: { ...one.status, phase: 'Released' } }))

/** Both are deleted; the bound one may go only when it is released. */
export const pvProtection: SmallWorld = {
  name: 'persistentvolume-protection-controller',
  controllers: () => [pvProtectionController],
  given: [volume('bound', 'Bound'), volume('free', 'Available')],
  steps: 7,
  script: {
    1: (stage) => stage.delete('PersistentVolume', 'bound'),
    2: (stage) => stage.delete('PersistentVolume', 'free'),
    4: release,
  },
  never: (stage) =>
    stage.get('PersistentVolume', 'bound') === undefined && stage.now < 4_000_000 ? 'a bound volume went' : undefined,
  finally: (stage) => (stage.list('PersistentVolume').length === 0 ? undefined : 'a volume stays'),
}
