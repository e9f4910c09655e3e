import type { Micros } from '../../events/envelope.ts'
import { millis } from '../../events/time.ts'
import type { DeviceAttribute } from '../../kubernetes/types/resource.ts'

/** Devices on nodes, and the driver that offers them for dynamic resource allocation. */
export interface DeviceDriverShape {
  /** The driver's name, e.g. `gpu.example.com`. */
  readonly driver: string
  /** A DeviceClass that is made for it; '' for none. */
  readonly deviceClass: string
  /** How many each node has: `gpu-0`, `gpu-1` and so on; at most 128. */
  readonly perNode: number
  /** On which nodes; empty for all of the beginning and all that come. */
  readonly nodes: readonly string[]
  /** What their names begin with. */
  readonly prefix: string
  /** What every device says of itself, e.g. `{ model: { string: 'a100' } }`. */
  readonly attributes: Readonly<Record<string, DeviceAttribute>>
  /** Quantities, e.g. `{ memory: '40Gi' }`. */
  readonly capacity: Readonly<Record<string, string>>
  /** How long it takes to make the devices of a claim ready: from the first to the second. */
  readonly preparing: readonly [Micros, Micros]
  /** How many of a million calls of kubelets fail. */
  readonly failuresPpm: number
}

/** Source: api/resource/v1/types.go, ResourceSliceMaxDevices (v1.36). */
export const DEVICES_MAX = 128

export const DEFAULT_DEVICE_DRIVER: DeviceDriverShape = {
  driver: 'gpu.example.com',
  deviceClass: 'gpu.example.com',
  perNode: 1,
  nodes: [],
  prefix: 'gpu',
  attributes: {},
  capacity: {},
  preparing: [millis(50), millis(300)],
  failuresPpm: 0,
}

export const hasDevices = ({ nodes, perNode }: DeviceDriverShape, node: string): boolean =>
  perNode > 0 && (nodes.length === 0 || nodes.includes(node))
