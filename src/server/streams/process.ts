/** A process in a container: what it asks for is done for it, what it writes goes to whoever is connected. */
import type { WebSocket } from 'ws'
import { lookUp, searchPath } from '../../actors/dns/records.ts'
import type { Status } from '../../kubernetes/status.ts'
import { modelFor } from '../../kubernetes/workload/model.ts'
import { isShell } from '../../kubernetes/workload/shell/shells.ts'
import type { Effect, Process, Reply, ShellWorld } from '../../kubernetes/workload/shell/world.ts'
import type { ContainerLife } from '../../projections/container-lives.ts'
import { Channels } from './channels.ts'
import type { OutsideCalls } from './outside-calls.ts'
import type { ConnectedContainer, PodAccess } from './pod-access.ts'
import type { StreamOptions } from './stream-options.ts'
import { onTerminal, Terminal } from './terminal.ts'

export interface Attended {
  readonly connected: ConnectedContainer
  readonly life: ContainerLife
  readonly access: PodAccess
  readonly calls: OutsideCalls
  readonly query: URLSearchParams
  readonly wanted: StreamOptions
}

/** 128 + SIGKILL: whoever is inside when a container ends is ended with it. */
const KILLED = 137
/** So many effects are done before others get their turn. */
const EFFECTS_PER_TURN = 500
const NAP = 20_000

/** The standard streams over a connection. */
export const openChannels = (socket: WebSocket, wanted: StreamOptions): Channels => {
  const terminal = new Terminal((text) => channels.write('stdout', text))
  const channels = new Channels(socket, wanted, wanted.isTerminal ? terminal.type : (typed) => [typed])
  return channels
}

/** Done at the second look. */
export const delayed = (): (() => boolean) => {
  let looks = 0
  return () => looks++ > 1
}

/** What a shell shows at a terminal before each line; other programs show nothing. */
export const promptOf = (program: string, { workingDirectory }: ShellWorld): string =>
  isShell(program) ? `${workingDirectory} # ` : ''

export interface Manner {
  readonly isTerminal: boolean
  readonly prompt: string
}

/** Does for a process what it asks for, until it ends, its client leaves or its container ends. */
export const drive = async (
  process: Process,
  attended: Attended,
  channels: Channels,
  manner: Manner,
): Promise<number> => {
  let next = process.next()
  for (let done = 1; next.done !== true; done++) {
    if (channels.closed || attended.life.ended !== undefined) return KILLED
    const reply = await act(next.value, attended, channels, manner)
    if (done % EFFECTS_PER_TURN === 0) await attended.calls.pass(Infinity, delayed())
    next = process.next(reply)
  }
  return next.value
}

const act = async (effect: Effect, attended: Attended, channels: Channels, manner: Manner): Promise<Reply> => {
  const { connected, calls, life } = attended
  const isOver = (): boolean => channels.closed || life.ended !== undefined
  const { nodeName = '' } = connected.pod.spec
  const namespace = connected.pod.metadata.namespace ?? ''
  switch (effect.kind) {
    case 'output':
      channels.write(effect.to, manner.isTerminal ? onTerminal(effect.text) : effect.text)
      return undefined
    case 'sleep':
      await calls.pass(effect.takes, isOver)
      return undefined
    case 'forever':
      await calls.pass(Infinity, isOver)
      return undefined
    case 'input': {
      if (manner.prompt !== '') channels.write('stdout', manner.prompt)
      const text = await channels.read()
      return text === undefined ? undefined : { text }
    }
    case 'call': {
      const { host, port, timeout: timeoutMicros } = effect
      // Inside a Pod, its own name and the loopback are the Pod.
      const isSelf = host === 'localhost' || host === '127.0.0.1'
      const target = isSelf ? (connected.pod.status?.podIP ?? host) : host
      const { pod, reason } = await calls.call(nodeName, { host: target, port, namespace, timeoutMicros })
      return pod === undefined ? { failure: reason ?? 'error' } : { pod }
    }
    case 'terminate':
      if (modelFor(connected.pod, connected.container).ignoresTerm !== true) {
        calls.endTask(nodeName, { task: life.id, exitCode: 0 })
      }
      return undefined
    case 'resolve':
      await calls.pass(NAP, isOver)
      return resolve(effect.name, namespace, attended.access)
  }
}

/** What cluster DNS answers when it has seen everything. */
const resolve = (name: string, namespace: string, { cluster }: PodAccess): Reply => {
  const zone = {
    service: (space: string, service: string) => cluster.get('Service', space, service),
    slices: (space: string, service: string) =>
      cluster
        .list('EndpointSlice', space)
        .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service),
  }
  for (const fullName of searchPath(name, namespace)) {
    const found = lookUp(fullName, zone)
    if (found !== undefined) return { fullName, addresses: 'addresses' in found ? found.addresses : [found.canonical] }
  }
  return { failure: 'NXDOMAIN' }
}

/** Source: kubelet/pkg/cri/streaming/remotecommand/exec.go, ServeExec (v1.36). */
export const statusOf = (code: number): Status => {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }
  if (code === 0) return status
  return {
    ...status,
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}
