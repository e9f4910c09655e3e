import type { ActorId, Micros } from '../../events/envelope.ts'
import { bootComponent } from '../../engine/client/component.ts'
import type { Controller } from '../../engine/client/controller.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { seconds } from '../../events/time.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { externalAttacher } from './external-attacher.ts'
import { externalProvisioner } from './external-provisioner.ts'
import { externalResizer } from './external-resizer.ts'
import { csiInstaller } from './installer.ts'
import { nodeRegistrar } from './node-registrar.ts'

/** A storage system behind the Container Storage Interface, and how its volumes behave. */
export interface CSIDriverShape {
  /** As StorageClasses name it in `provisioner`. */
  readonly driver: string
  /** A StorageClass that is made for it and is the default one; '' for none. */
  readonly storageClass: string
  /** When a claim of that class gets its volume. */
  readonly binding: 'Immediate' | 'WaitForFirstConsumer'
  /** The node label whose value bounds where a volume can be used; '' for none: everywhere. */
  readonly topologyKey: string
  /** Whether a volume must be attached to a node before it is mounted. */
  readonly attach: boolean
  /** How many of its volumes a node can have; 0 for no limit. */
  readonly volumesPerNode: number
  /** How many bytes it has to give, in all. */
  readonly capacityBytes: number
  /** How long it takes to make a volume, and to attach one: from the first to the second. */
  readonly provisioning: readonly [Micros, Micros]
  readonly attaching: readonly [Micros, Micros]
  /** How many of a million calls fail. */
  readonly failuresPpm: number
}

export const DEFAULT_CSI_DRIVER: CSIDriverShape = {
  driver: 'csi.seatrial.dev',
  storageClass: 'standard',
  binding: 'WaitForFirstConsumer',
  topologyKey: '',
  attach: true,
  volumesPerNode: 0,
  capacityBytes: 1_000_000_000_000_000,
  provisioning: [seconds(1), seconds(3)],
  attaching: [seconds(1), seconds(2)],
  failuresPpm: 0,
}

export interface CSIProcessOptions {
  readonly shape: CSIDriverShape
  readonly host: string
  readonly servers: readonly ActorId[]
  readonly cursor: () => Cursor
  readonly read: ReadObject
}

const RESTART: Micros = seconds(2)
/** Source: kubernetes-csi/external-provisioner, cmd/csi-provisioner: kube-api-qps 5, kube-api-burst 10. */
const LIMITS = { qps: 5, burst: 10 } as const

export const CSI_PROCESS = 'csi-controller'

/** What a driver's controller Pod consists of, and what its node Pods would register. */
export const csiControllers = (shape: CSIDriverShape): readonly Controller[] => [
  csiInstaller(shape),
  nodeRegistrar(shape),
  externalProvisioner(shape),
  externalAttacher(shape),
  externalResizer(shape),
]

/**
 * The controller side of a CSI driver: its sidecars, and a storage system that does what they ask for after a while.
 * Abridged: a process of a machine, not a Pod; the sidecars share one election and one set of informers.
 */
export const csiProcess = ({ shape, host, servers, cursor, read }: CSIProcessOptions): ProcessSpec => ({
  id: `${CSI_PROCESS}/0`,
  host,
  restartDelay: RESTART,
  boot: () =>
    bootComponent({
      name: CSI_PROCESS,
      instance: 0,
      servers,
      controllers: csiControllers(shape),
      limits: LIMITS,
      cursor,
      read,
    }),
})
