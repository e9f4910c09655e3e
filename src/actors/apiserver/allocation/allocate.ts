import type { Service, ServicePort, ServiceSpec } from '../../../kubernetes/types/networking.ts'
import { internalError, invalid, isStatus, type Status } from '../../../kubernetes/status.ts'
import { FieldErrors } from '../../../kubernetes/validation/field-error.ts'
import type { Procedure } from '../procedure.ts'
import type { World } from '../world.ts'
import { isNodePort, NODE_PORT_RANGE } from './node-ports.ts'
import { ipKey, keysOf, portKey } from './number-keys.ts'
import { release, reserve, type Owner } from './reservation.ts'
import { needsClusterIP, needsHealthCheckPort, needsNodePorts } from './service-spec.ts'

/** How often another number is drawn when etcd knows a number to be taken that this server's cache does not. */
const DRAWS_MAX = 16

const TAKEN = 'provided port is already allocated'
const OUTSIDE = `provided port is not in the valid range. The range of valid ports is ${NODE_PORT_RANGE}`

export interface Allocated {
  readonly service: Service
  /** Taken for this write: to be given back if it fails. */
  readonly taken: readonly string[]
  /** No longer needed: to be given back once it is written. */
  readonly dropped: readonly string[]
}

/**
 * Gives a Service the address and ports that its type calls for and that it has not got.
 * Source: pkg/registry/core/service/storage/alloc.go, allocateCreate and allocateUpdate (v1.36).
 */
export function* allocate(
  service: Service,
  old: Service | undefined,
  dryRun: boolean,
  world: World,
): Procedure<Allocated | Status> {
  const allocation = new Allocation(service, old, dryRun, world)
  const failure = yield* allocation.run()
  if (failure === undefined) return allocation.result()
  yield* release(allocation.taken, world)
  return failure
}

class Allocation {
  readonly taken: string[] = []
  private spec: ServiceSpec
  private readonly service: Service
  private readonly before: ReadonlySet<string>
  private readonly owner: Owner
  private readonly dryRun: boolean
  private readonly world: World
  private readonly errors = new FieldErrors()

  constructor(service: Service, old: Service | undefined, dryRun: boolean, world: World) {
    this.service = service
    this.spec = service.spec
    this.before = new Set(old === undefined ? [] : keysOf(old))
    const { namespace, name } = service.metadata
    this.owner = { namespace, name }
    this.dryRun = dryRun
    this.world = world
  }

  *run(): Procedure<Status | undefined> {
    if (needsClusterIP(this.spec)) {
      const failure = yield* this.clusterIP()
      if (failure !== undefined) return failure
    }
    if (needsNodePorts(this.spec)) {
      const failure = yield* this.nodePorts()
      if (failure !== undefined) return failure
    }
    return needsHealthCheckPort(this.spec) ? yield* this.healthCheckPort() : undefined
  }

  result(): Allocated {
    const service: Service = { ...this.service, spec: this.spec }
    const now = new Set(keysOf(service))
    return { service, taken: this.taken, dropped: [...this.before].filter((key) => !now.has(key)) }
  }

  private *clusterIP(): Procedure<Status | undefined> {
    const unserved = this.unservedFamily()
    if (unserved !== undefined) return unserved
    const { clusterIP = this.spec.clusterIPs?.[0] ?? '' } = this.spec
    this.spec = {
      ...this.spec,
      ipFamilies: this.spec.ipFamilies ?? ['IPv4'],
      ipFamilyPolicy: this.spec.ipFamilyPolicy ?? 'SingleStack',
    }
    if (clusterIP === '') return yield* this.drawIP()
    this.spec = { ...this.spec, clusterIP, clusterIPs: this.spec.clusterIPs ?? [clusterIP] }
    if (clusterIP === 'None' || this.before.has(ipKey(clusterIP))) return undefined
    if (!this.world.addresses.contains(clusterIP)) {
      const why = `the provided network does not match the current range`
      return this.refuse('spec.clusterIPs', [clusterIP], `failed to allocate IP ${clusterIP}: ${why}`)
    }
    const taken = yield* this.take(ipKey(clusterIP))
    if (isStatus(taken)) return taken
    if (taken) return undefined
    const why = `failed to allocate IP ${clusterIP}: provided IP is already allocated`
    return this.refuse('spec.clusterIPs', [clusterIP], why)
  }

  /** Who sends traffic elsewhere by hand may name families that the cluster lacks. Source: alloc.go, initIPFamilyFields. */
  private unservedFamily(): Status | undefined {
    const { clusterIP, selector = {}, ipFamilies = [], ipFamilyPolicy } = this.spec
    if (clusterIP === 'None' && Object.keys(selector).length === 0) return undefined
    if (ipFamilyPolicy === 'RequireDualStack') {
      const why = 'this cluster is not configured for dual-stack services'
      return this.refuse('spec.ipFamilyPolicy', ipFamilyPolicy, why)
    }
    for (const [i, family] of ipFamilies.entries()) {
      if (family !== 'IPv4') return this.refuse(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster')
    }
    return undefined
  }

  private *drawIP(): Procedure<Status | undefined> {
    const { addresses, random } = this.world
    for (let draw = 0; draw < DRAWS_MAX; draw++) {
      const ip = addresses.drawIP(random)
      if (ip === undefined) break
      const taken = yield* this.take(ipKey(ip))
      if (isStatus(taken)) return taken
      if (!taken) continue
      this.spec = { ...this.spec, clusterIP: ip, clusterIPs: [ip] }
      return undefined
    }
    return internalError('failed to allocate a serviceIP: range is full')
  }

  private *nodePorts(): Procedure<Status | undefined> {
    const ports: ServicePort[] = []
    for (const [i, port] of (this.spec.ports ?? []).entries()) {
      const wanted = port.nodePort ?? 0
      // TCP and UDP of one port may share a number.
      const shared = wanted === 0 ? undefined : ports.find((one) => one.nodePort === wanted)
      const number = shared === undefined ? yield* this.nodePort(wanted, `spec.ports[${i}].nodePort`) : wanted
      if (typeof number !== 'number') return number
      ports.push({ ...port, nodePort: number })
    }
    this.spec = { ...this.spec, ports }
    return undefined
  }

  private *healthCheckPort(): Procedure<Status | undefined> {
    const port = yield* this.nodePort(this.spec.healthCheckNodePort ?? 0, 'spec.healthCheckNodePort')
    if (typeof port !== 'number') return port
    this.spec = { ...this.spec, healthCheckNodePort: port }
    return undefined
  }

  /** The port wanted, or with 0 any; a Status when it cannot be had. */
  private *nodePort(wanted: number, field: string): Procedure<number | Status> {
    if (wanted !== 0) {
      if (this.before.has(portKey(wanted))) return wanted
      if (!isNodePort(wanted)) return this.refuse(field, wanted, OUTSIDE)
      const taken = yield* this.take(portKey(wanted))
      if (isStatus(taken)) return taken
      return taken ? wanted : this.refuse(field, wanted, TAKEN)
    }
    const { addresses, random } = this.world
    for (let draw = 0; draw < DRAWS_MAX; draw++) {
      const port = addresses.drawPort(random)
      if (port === undefined) break
      const taken = yield* this.take(portKey(port))
      if (isStatus(taken)) return taken
      if (taken) return port
    }
    return internalError('failed to allocate a nodePort: range is full')
  }

  private *take(key: string): Procedure<boolean | Status> {
    if (this.dryRun) return true
    const outcome = yield* reserve(key, this.owner, this.world)
    if (isStatus(outcome)) return outcome
    if (outcome === 'taken') this.taken.push(key)
    return outcome !== 'refused'
  }

  private refuse(field: string, value: unknown, why: string): Status {
    this.errors.invalid(field, value, why)
    return invalid({ group: '', kind: 'Service' }, this.service.metadata.name, this.errors.list)
  }
}
