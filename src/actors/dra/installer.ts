import { bootComponent } from '../../engine/client/component.ts'
import { defineController, type Controller } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import type { ActorId } from '../../events/envelope.ts'
import { hours, seconds } from '../../events/time.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import type { DeviceDriverShape } from './shape.ts'

const INSTALL = 'install'

/** Also its Lease's name, and what it calls the API as. */
export const INSTALLER = 'dra-installer'

/** Makes what a driver's manifests hold: its DeviceClass. Whoever deletes it wanted that. */
const classInstaller = ({ driver, deviceClass }: DeviceDriverShape): Controller =>
  defineController({
    name: 'device-class-installer',
    account: INSTALLER,
    kinds: ['DeviceClass'],
    workers: 1,
    memory: () => ({ isDone: false }),
    wakes: () => [],
    ticks: [{ name: INSTALL, every: hours(24), run: ({ memory }) => (memory.isDone ? [] : [INSTALL]) }],

    *reconcile(_key, { memory }): Sync {
      const body = {
        apiVersion: 'resource.k8s.io/v1',
        kind: 'DeviceClass',
        metadata: { name: deviceClass },
        spec: { selectors: [{ cel: { expression: `device.driver == '${driver}'` } }] },
      }
      const answer = yield* call({ verb: 'create', kind: 'DeviceClass', name: deviceClass, body })
      if (!answer.ok && answer.reason !== 'AlreadyExists') return { retry: answer.message }
      memory.isDone = true
    },
  })

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
