import type { ActorId, LogEvent } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { ActorContext } from '../../engine/actor.ts'
import { encounter, probeOutcome, unchangedUntil, type Encounter } from '../../kubernetes/workload/run.ts'
import type { Calls } from './calls.ts'
import type { Task, Tasks } from './tasks.ts'

interface Request {
  readonly from: ActorId
  readonly request: string
  readonly task: Task
  readonly met: Encounter
}

const SERVE = 'serve'
/** How long a workload waits for one it depends on. */
const DEPENDENCY_TIMEOUT = seconds(5)

/** What reaches the Pods of this machine: requests and probes, answered as their workload models say. */
export class Serving {
  private readonly tasks: Tasks
  private readonly calls: Calls
  private readonly requests = new Map<string, Request>()

  constructor(tasks: Tasks, calls: Calls) {
    this.tasks = tasks
    this.calls = calls
  }

  /** True when the event was a request or a probe. */
  receive(event: LogEvent, context: ActorContext): boolean {
    switch (event.type) {
      case 'RequestForwarded':
        this.accept(event.by, event.data.request, event.data.ip, event.data.port, context)
        return true
      case 'ProbeRequested': {
        const { probe, task: id, ...question } = event.data
        const task = this.tasks.get(id)
        if (task === undefined) {
          context.emit('ProbeAnswered', { probe, task: id, outcome: 'refused' }, { to: event.by })
          return true
        }
        const standing = task.row.context
        const outcome = probeOutcome(standing, question, context.monotonic)
        const untilMicros = unchangedUntil(standing, context.monotonic)
        context.emit('ProbeAnswered', { probe, task: id, outcome, untilMicros }, { to: event.by })
        return true
      }
      case 'TimerFired': {
        if (event.data.name !== SERVE) return false
        const request = this.requests.get(event.data.key)
        this.requests.delete(event.data.key)
        if (request !== undefined) this.serve(request, context)
        return true
      }
      default:
        return false
    }
  }

  private accept(from: ActorId, request: string, ip: string, port: number, context: ActorContext): void {
    const refuse = (reason: string): void => {
      context.emit('RequestAnswered', { request, reason }, { to: from })
    }
    const found = this.listener(ip, port, context)
    if (found === undefined) return refuse('unreachable')
    if (found.met === 'refused') return refuse('refused')
    if (found.met === 'silent') return
    const { latency } = found.task.row.context.model
    const key = `${from} ${request}`
    this.requests.set(key, { from, request, ...found })
    context.setTimer(SERVE, key, context.random.between(latency.low, latency.high))
  }

  /** Who of a Pod's containers answers on a port: the first that does not refuse. */
  private listener(ip: string, port: number, context: ActorContext): Pick<Request, 'task' | 'met'> | undefined {
    let refusing: Pick<Request, 'task' | 'met'> | undefined
    for (const task of this.tasks.at(ip)) {
      const met = encounter(task.row.context, port, context.monotonic)
      if (met !== 'refused') return { task, met }
      refusing ??= { task, met }
    }
    return refusing
  }

  /** The work is done: the answer goes out once those it depends on have answered, one after the other. */
  private serve({ from, request, task, met }: Request, context: ActorContext): void {
    const answer = (reason: string | undefined): void => {
      const data = reason === undefined ? { request, pod: `${task.namespace}/${task.pod}` } : { request, reason }
      context.emit('RequestAnswered', data, { to: from })
    }
    if (task.finishedAt !== undefined) return answer('reset')
    task.requestMicros += task.row.context.model.requestCpu ?? 0
    if (met === 'unhealthy') return answer('error')
    const pending = [...(task.row.context.model.calls ?? [])]
    const next = (): void => {
      const target = pending.shift()
      if (target === undefined) return answer(undefined)
      const colon = target.lastIndexOf(':')
      this.calls.start(
        {
          host: target.slice(0, colon),
          port: Number(target.slice(colon + 1)),
          namespace: task.namespace,
          timeout: DEPENDENCY_TIMEOUT,
          client: task.ip,
        },
        (result) => ('pod' in result ? next() : answer('error')),
        context,
      )
    }
    next()
  }
}
