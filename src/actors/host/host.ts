import type { ActorId, LogEvent } from '../../events/envelope.ts'
import { defineActor, type ActorContext } from '../../engine/actor.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { Calls, type Wiring } from './calls.ts'
import { PacketFilter } from './packet-filter.ts'
import { Serving } from './serving.ts'
import { Tasks } from './tasks.ts'

export interface HostOptions extends Wiring {
  /** Name of the machine. */
  readonly name: string
}

/** The id of a machine’s own actor. */
export const hostId = (name: string): ActorId => `host/${name}`

/**
 * A machine as an actor: what lives as long as it has power, whatever becomes of the daemons on it. Containers' processes
 * go on without containerd, and packets follow the last rules without kube-proxy.
 */
export const hostProcess = (options: HostOptions): ProcessSpec => {
  const id = hostId(options.name)
  return {
    id,
    host: options.name,
    restartDelay: 0,
    boot: () => new Map([[id, defineActor<Machine>({ start: () => createMachine(options), receive })]]),
  }
}

interface Machine {
  readonly tasks: Tasks
  readonly filter: PacketFilter
  readonly calls: Calls
  readonly serving: Serving
}

const createMachine = (wiring: Wiring): Machine => {
  const tasks = new Tasks()
  const filter = new PacketFilter()
  const calls = new Calls(filter, wiring)
  return { tasks, filter, calls, serving: new Serving(tasks, calls) }
}

const receive = (machine: Machine, event: LogEvent, context: ActorContext): void => {
  if (machine.serving.receive(event, context) || machine.tasks.receive(event, context)) return
  if (machine.calls.receive(event, context)) return
  if (event.type === 'ProgramRules') machine.filter.program(event.data)
  else if (event.type === 'CallRequested') {
    const { call, host, port, namespace, timeoutMicros: timeout } = event.data
    const caller = event.by
    machine.calls.start(
      { host, port, namespace, timeout, client: caller },
      (result) => {
        const data = 'pod' in result ? { call, pod: result.pod } : { call, reason: result.failure }
        context.emit('CallAnswered', data, { to: caller })
      },
      context,
    )
  }
}
