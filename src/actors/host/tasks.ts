import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import type { EventData } from '../../events/catalogue/index.ts'
import { compileChart } from '../../engine/statechart/compile.ts'
import type { Row } from '../../engine/statechart/row.ts'
import type { ActorContext } from '../../engine/actor.ts'
import { planRun } from '../../kubernetes/workload/run.ts'
import { usageAt } from '../../kubernetes/workload/usage.ts'
import { taskChart, type TaskContext, type TaskEmitted, type TaskEvent } from './task.chart.ts'

const chart = compileChart(taskChart)

const END = 'task-end'
/** Ends that the machine remembers for a runtime that is away. */
const REMEMBERED_ENDS = 256

/** One container's processes on this machine. */
export interface Task {
  readonly id: string
  readonly uid: string
  readonly namespace: string
  readonly pod: string
  /** Of the container. */
  readonly name: string
  readonly ip: string
  /** Whom to tell of its end. */
  readonly runtime: ActorId
  readonly row: Row<TaskContext>
  /** Set with its end. */
  finishedAt: Micros | undefined
  /** Processor time that its requests have cost. */
  requestMicros: number
}

/**
 * The processes of all containers of one machine. They live as long as the machine has power, whatever becomes of the
 * programs that started them.
 */
export class Tasks {
  private readonly byId = new Map<string, Task>()
  private readonly ended = new Map<string, Task>()
  private readonly byIp = new Map<string, Task[]>()

  /** Undefined once it has ended. */
  get(id: string): Task | undefined {
    return this.byId.get(id)
  }

  /** Those of one address that have not ended. */
  at(ip: string): readonly Task[] {
    return this.byIp.get(ip) ?? []
  }

  /** True when the event was about a task. */
  receive(event: LogEvent, context: ActorContext): boolean {
    switch (event.type) {
      case 'StartTask':
        this.start(event.data, event.by, context)
        return true
      case 'SignalTask': {
        const task = this.byId.get(event.data.task)
        if (task !== undefined) this.step(task, { type: event.data.signal, now: context.monotonic }, context)
        return true
      }
      case 'UpdateTask': {
        const task = this.byId.get(event.data.task)
        const { memoryLimitBytes } = event.data
        if (task !== undefined)
          this.step(task, { type: 'MemoryLimited', now: context.monotonic, memoryLimitBytes }, context)
        return true
      }
      case 'EndTask': {
        const task = this.byId.get(event.data.task)
        const { exitCode } = event.data
        if (task !== undefined) this.step(task, { type: 'InputEnded', now: context.monotonic, exitCode }, context)
        return true
      }
      case 'ListTasks':
        context.emit('TasksListed', { tasks: this.list() }, { to: event.by })
        return true
      case 'UsageRequested':
        context.emit('UsageReported', { ...event.data, containers: this.usage(context.monotonic) }, { to: event.by })
        return true
      case 'TimerFired': {
        if (event.data.name !== END) return false
        const task = this.byId.get(event.data.key)
        if (task !== undefined) this.step(task, { type: 'EndDue', now: context.monotonic }, context)
        return true
      }
      default:
        return false
    }
  }

  private start(data: EventData<'StartTask'>, runtime: ActorId, context: ActorContext): void {
    const run = planRun(data.workload, data.restartCount, context.monotonic, context.random)
    const planned: TaskEmitted[] = []
    const row = chart.start({ model: data.workload, run }, (emitted) => planned.push(emitted))
    const { task: id, uid, namespace, pod, name, ip } = data
    const task: Task = { id, uid, namespace, pod, name, ip, runtime, row, finishedAt: undefined, requestMicros: 0 }
    this.byId.set(id, task)
    const neighbours = this.byIp.get(ip)
    if (neighbours === undefined) this.byIp.set(ip, [task])
    else neighbours.push(task)
    for (const emitted of planned) this.act(task, emitted, context)
  }

  private step(task: Task, event: TaskEvent, context: ActorContext): void {
    chart.step(task.row, event, (emitted) => this.act(task, emitted, context))
  }

  private act(task: Task, emitted: TaskEmitted, context: ActorContext): void {
    if (emitted.type === 'plan') {
      if (emitted.at >= 0) context.setTimer(END, task.id, Math.max(0, emitted.at - context.monotonic))
      else context.cancelTimer(END, task.id)
      return
    }
    context.cancelTimer(END, task.id)
    task.finishedAt = context.now
    this.bury(task)
    context.emit('TaskExited', { task: task.id, ...endOf(task) }, { to: task.runtime })
  }

  private bury(task: Task): void {
    this.byId.delete(task.id)
    const neighbours = (this.byIp.get(task.ip) ?? []).filter((other) => other !== task)
    if (neighbours.length === 0) this.byIp.delete(task.ip)
    else this.byIp.set(task.ip, neighbours)
    this.ended.set(task.id, task)
    for (const oldest of this.ended.keys()) {
      if (this.ended.size <= REMEMBERED_ENDS) break
      this.ended.delete(oldest)
    }
  }

  private usage(at: Micros): EventData<'UsageReported'>['containers'] {
    const containers: EventData<'UsageReported'>['containers'] = []
    for (const { id, namespace, pod, name, row, requestMicros } of this.byId.values()) {
      containers.push({ namespace, pod, name, task: id, ...usageAt(row.context, requestMicros, at) })
    }
    return containers
  }

  private list(): EventData<'TasksListed'>['tasks'] {
    const tasks: EventData<'TasksListed'>['tasks'] = []
    for (const task of this.byId.values()) tasks.push({ task: task.id, running: true })
    for (const task of this.ended.values()) tasks.push({ task: task.id, running: false, ...endOf(task) })
    return tasks
  }
}

const endOf = (task: Task): { exitCode: number; reason: string; finishedMicros: number } => {
  const { exitCode, outOfMemory } = task.row.context
  const reason = outOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'
  return { exitCode, reason, finishedMicros: task.finishedAt ?? 0 }
}
