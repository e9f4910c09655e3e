import type { Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import type * as t from 'io-ts'
import type { registryAnswer, workloadModel } from '../../events/catalogue/node.ts'
import { isSidecar } from '../pods.ts'
import { value } from '../quantity.ts'
import type { Container, Probe } from '../types/container.ts'
import type { Pod } from '../types/pod.ts'
import { annotationsOf, hasWorkloadAnnotations, type AnnotationValues } from './annotations.ts'
import { programOf } from './command.ts'
import { parseDuration } from './duration.ts'
import { programIn } from './images.ts'
import { attendedCommand } from './interactive.ts'

/** How a container behaves; see the catalogue for its members. */
export type WorkloadModel = t.TypeOf<typeof workloadModel>
export type RegistryAnswer = t.TypeOf<typeof registryAnswer>
export type Span = WorkloadModel['startup']

const MIB = 1024 * 1024

const between = (low: Micros, high: Micros): Span => ({ low, high })
/** A written duration: exact to 5 %. */
const about = (duration: Micros): Span => between(duration, duration + Math.floor(duration / 20))

const SERVER: WorkloadModel = {
  startup: between(seconds(1), seconds(3)),
  ports: [],
  shutdown: between(millis(50), millis(500)),
  latency: between(millis(1), millis(5)),
  memoryBytes: 48 * MIB,
  cpuMillis: 10,
}
const DATABASE: WorkloadModel = {
  ...SERVER,
  startup: between(seconds(3), seconds(8)),
  shutdown: between(millis(500), seconds(2)),
  memoryBytes: 160 * MIB,
}
/** Port 0 is nobody's: it listens on none. */
const PAUSE: WorkloadModel = {
  ...SERVER,
  ports: [0],
  startup: between(millis(5), millis(20)),
  shutdown: between(millis(5), millis(20)),
  memoryBytes: MIB,
  cpuMillis: 0,
}
/** A program whose process 1 installs no handler: a shell, sleep. The kernel then drops SIGTERM. */
const PROGRAM: WorkloadModel = { ...PAUSE, ignoresTerm: true, memoryBytes: 4 * MIB, cpuMillis: 1 }

/** How long a program runs that is known only to end: a Job's, an init container's. */
const JOB_TAKES = between(seconds(2), seconds(6))
const INIT_TAKES = between(millis(500), seconds(2))

const models = new WeakMap<Container, WorkloadModel>()

/**
 * How a container of a Pod behaves: by its command, its image and its place in the Pod; then by the Pod's annotations.
 * Containers of one template share one model where no annotation intervenes.
 */
export const modelFor = (pod: Pick<Pod, 'metadata' | 'spec'>, container: Container): WorkloadModel => {
  if (hasWorkloadAnnotations(pod)) return annotated(defaultModel(pod, container), annotationsOf(pod, container.name))
  const known = models.get(container)
  if (known !== undefined) return known
  const model = defaultModel(pod, container)
  models.set(container, model)
  return model
}

/** What the registry answers to a pull for this container, where an annotation says. */
export const registryAnswerFor = (pod: Pick<Pod, 'metadata'>, container: string): RegistryAnswer | undefined => {
  const text = annotationsOf(pod, container).text('image-pull')
  if (text === undefined) return undefined
  if (text === 'fail') return { fails: true }
  const takes = parseDuration(text)
  return takes === undefined ? undefined : { takes }
}

const defaultModel = (pod: Pick<Pod, 'spec'>, container: Container): WorkloadModel => {
  const model = programModel(pod, container)
  const limit = container.resources?.limits?.['memory']
  // Who sets a limit has measured what his program needs.
  const fits = limit === undefined ? model.memoryBytes : Math.floor(value(limit) / 2)
  const ports = portsOf(container)
  return {
    ...model,
    ports: ports.size === 0 ? model.ports : [...ports],
    memoryBytes: Math.min(model.memoryBytes, fits),
    ...(limit === undefined ? {} : { memoryLimitBytes: value(limit) }),
  }
}

const programModel = (pod: Pick<Pod, 'spec'>, container: Container): WorkloadModel => {
  if (attendedCommand(container) !== undefined) return PROGRAM
  const program = programIn(container.image ?? '')
  const run = programOf(container)
  if (run !== undefined && (container.command !== undefined || container.args !== undefined)) {
    return run.forever ? PROGRAM : { ...PROGRAM, exitAfter: about(run.takes + millis(5)), exitCode: run.code }
  }
  if (program === 'pause') return PAUSE
  const isInit = pod.spec.initContainers?.includes(container) === true && !isSidecar(container)
  if (program === 'tool') {
    const hasCommand = container.command !== undefined || container.args !== undefined
    // A shell without a terminal and without a command ends at once.
    return { ...PROGRAM, exitAfter: hasCommand ? JOB_TAKES : between(millis(5), millis(20)), exitCode: 0 }
  }
  if (isInit) return { ...SERVER, exitAfter: INIT_TAKES, exitCode: 0 }
  const runsOnce = pod.spec.restartPolicy !== undefined && pod.spec.restartPolicy !== 'Always'
  if (runsOnce && !isSidecar(container) && (container.ports ?? []).length === 0) {
    return { ...SERVER, exitAfter: JOB_TAKES, exitCode: 0 }
  }
  return program === 'database' ? DATABASE : SERVER
}

/** The ports it declares and those its probes are sent to. A server that declares none listens on any. */
const portsOf = (container: Container): ReadonlySet<number> => {
  const declared = container.ports ?? []
  if (declared.length === 0) return new Set()
  const ports = new Set(declared.map((port) => port.containerPort))
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    const port = probe === undefined ? undefined : probePort(container, probe)
    if (port !== undefined) ports.add(port)
  }
  return ports
}

/** The number of the port that a probe is sent to; undefined for a command or an unknown name. */
export const probePort = (container: Pick<Container, 'ports'>, probe: Probe): number | undefined => {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port
  if (port === undefined || typeof port === 'number') return port
  return container.ports?.find((declared) => declared.name === port)?.containerPort
}

const annotated = (model: WorkloadModel, values: AnnotationValues): WorkloadModel => {
  const spans: Record<string, Span> = {}
  const setSpan = (member: string, name: string): void => {
    const duration = values.duration(name)
    if (duration !== undefined) spans[member] = about(duration)
  }
  setSpan('startup', 'startup')
  setSpan('readyAfter', 'ready-after')
  setSpan('exitAfter', 'exit-after')
  setSpan('shutdown', 'shutdown')
  setSpan('unhealthyAfter', 'unhealthy-after')
  setSpan('hangAfter', 'hang-after')
  setSpan('latency', 'serve-latency')

  const crashes = values.flag('crash-on-start') === true || values.integer('crash-times') !== undefined
  const exitCode = values.integer('exit-code') ?? (crashes ? 1 : undefined)
  if (crashes && spans['exitAfter'] === undefined) spans['exitAfter'] = between(millis(50), millis(900))
  const listen = values.list('listen')
  return {
    ...model,
    ...spans,
    ...given('exitCode', exitCode),
    ...given('crashTimes', values.integer('crash-times')),
    ...given('ignoresTerm', values.flag('ignores-sigterm')),
    ...given('servesWhileStopping', values.flag('serves-while-stopping')),
    ...given('memoryBytes', values.memory('memory')),
    ...given('memoryRamp', values.duration('memory-ramp')),
    ...given('cpuMillis', values.cpu('cpu')),
    ...given('requestCpu', values.duration('cpu-per-request')),
    ...given('ports', listen?.map(Number)),
    ...given('calls', values.list('calls')),
    // Whoever says how long its shutdown takes has a handler.
    ...(spans['shutdown'] !== undefined && values.flag('ignores-sigterm') === undefined ? { ignoresTerm: false } : {}),
  }
}

const given = (member: string, what: unknown): Readonly<Record<string, unknown>> =>
  what === undefined ? {} : { [member]: what }
