import type { Random } from '../../../engine/kernel/random.ts'
import { drawFree, type Block } from './numbers.ts'

/** Source: pkg/kubeapiserver/options/options.go, DefaultServiceNodePortRange. */
const FIRST = 30_000
const SIZE = 2_768
/** min(max(16, size/32), 128). Source: portallocator/allocator.go, calculateRangeOffset. */
const RESERVED = 86

const RANGE: Block = { first: FIRST, size: SIZE, reserved: RESERVED }

export const NODE_PORT_RANGE = `${FIRST}-${FIRST + SIZE - 1}`

export const isNodePort = (port: number): boolean => port >= FIRST && port < FIRST + SIZE

/** A free node port; undefined when all are taken. */
export const drawNodePort = (isTaken: (port: number) => boolean, random: Random): number | undefined =>
  drawFree(RANGE, isTaken, random)
