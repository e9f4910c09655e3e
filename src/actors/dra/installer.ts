import { bootComponent } from '../../engine/client/component.ts'
import type { Controller } from '../../engine/client/controller.ts'
import { defineInstaller } from '../../engine/client/installer.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import type { ActorId } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import type { DeviceDriverShape } from './shape.ts'

/** Also its Lease's name, and what it calls the API as. */
export const INSTALLER = 'dra-installer'

/** Makes what a driver's manifests hold: its DeviceClass. */
const classInstaller = ({ driver, deviceClass }: DeviceDriverShape): Controller => {
  const object = {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'DeviceClass',
    metadata: { name: deviceClass },
    spec: { selectors: [{ cel: { expression: `device.driver == '${driver}'` } }] },
  }
  const manifests = [{ kind: 'DeviceClass', object }] as const
  return defineInstaller({ name: 'device-class-installer', account: INSTALLER, kinds: ['DeviceClass'], manifests })
}

export interface InstallerOptions {
  readonly shape: DeviceDriverShape
  readonly host: string
  readonly servers: readonly ActorId[]
  readonly cursor: () => Cursor
  readonly read: ReadObject
}

export const installerProcess = ({ shape, host, ...shared }: InstallerOptions): ProcessSpec => ({
  id: `${INSTALLER}/0`,
  host,
  restartDelay: seconds(2),
  boot: () =>
    bootComponent({
      name: INSTALLER,
      instance: 0,
      controllers: [classInstaller(shape)],
      limits: { qps: 5, burst: 10 },
      ...shared,
    }),
})
