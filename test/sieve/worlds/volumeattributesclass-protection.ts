import { volumeAttributesClassProtectionController } from '../../../src/actors/controllers/volumeattributesclass-protection/volumeattributesclass-protection.ts'
import { made } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

const attributes = (name: string): ReturnType<typeof made> =>
  made(
    'VolumeAttributesClass',
    name,
    { apiVersion: 'storage.k8s.io/v1', driverName: 'disks.example.com' },
    { namespace: undefined, finalizers: ['kubernetes.io/vac-protection'] },
  )

/** All three classes are deleted while a claim moves from one to the next: who has them or is to have them keeps them. */
export const volumeAttributesClassProtection: SmallWorld = {
  name: 'volumeattributesclass-protection-controller',
  controllers: () => [volumeAttributesClassProtectionController],
  given: [
    attributes('slow'),
    attributes('fast'),
    attributes('unused'),
    made('PersistentVolume', 'disk', { spec: { volumeAttributesClassName: 'slow' } }),
    made('PersistentVolumeClaim', 'data', {
      spec: { volumeAttributesClassName: 'fast' },
      status: { currentVolumeAttributesClassName: 'slow' },
    }),
  ],
  steps: 10,
  script: {
    1: (stage) => {
      for (const name of ['slow', 'fast', 'unused']) stage.delete('VolumeAttributesClass', name)
    },
    3: (stage) => {
      const status = { currentVolumeAttributesClassName: 'fast' }
      stage.change('PersistentVolumeClaim', 'data', (claim) => ({ ...claim, status }))
    },
    5: (stage) => stage.edit('PersistentVolume', 'disk', { volumeAttributesClassName: 'fast' }),
    7: (stage) => {
      stage.remove('PersistentVolumeClaim', 'data')
      stage.remove('PersistentVolume', 'disk')
    },
  },
  never: (stage) => {
    const wanted = [
      stage.get('PersistentVolume', 'disk')?.spec.volumeAttributesClassName,
      stage.get('PersistentVolumeClaim', 'data')?.spec.volumeAttributesClassName,
    ].find((name) => name !== undefined && stage.get('VolumeAttributesClass', name) === undefined)
    return wanted === undefined ? undefined : `${wanted} went although it is used`
  },
  finally: (stage) => (stage.list('VolumeAttributesClass').length === 0 ? undefined : 'a class stays'),
}
