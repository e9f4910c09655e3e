import type { Seq } from '../../events/envelope.ts'
import type { Binding } from './cycle.ts'
import type { PreBindWork } from './framework/plugin.ts'
import { failure, unschedulable, type Status } from './framework/status.ts'
import type { SchedulerPorts } from './ports.ts'

const PERMIT = 'permit-timeout'
const PRE_BIND = 'pre-bind-timeout'

interface Running {
  readonly binding: Binding
  readonly cause: Seq
  /** What PreBind still has to do. */
  work: readonly PreBindWork[]
  /** The work whose outcome is awaited in the view. */
  awaited: PreBindWork | undefined
}

/**
 * Pods on their way to their nodes: Permit's wait, PreBind's writes and their outcome, the binding itself. Runs beside the
 * scheduling of other Pods; many at once.
 * Source: pkg/scheduler/schedule_one.go, bindingCycle (v1.36).
 */
export class BindingCycles {
  private readonly ports: SchedulerPorts
  private readonly running = new Map<string, Running>()

  constructor(ports: SchedulerPorts) {
    this.ports = ports
  }

  begin(binding: Binding, cause: Seq): void {
    const running: Running = { binding, cause, work: [], awaited: undefined }
    const { uid } = binding.queued.info
    this.running.set(uid, running)
    if (binding.waits !== undefined) this.ports.context.setTimer(PERMIT, uid, binding.waits.timeout)
    else this.preBind(running)
  }

  /** The view has moved: something awaited may have come. */
  look(): void {
    for (const running of this.running.values()) {
      const outcome = running.awaited?.done?.(this.ports.view)
      if (outcome === undefined || outcome === 'wait') continue
      running.awaited = undefined
      this.ports.context.cancelTimer(PRE_BIND, running.binding.queued.info.uid)
      if (outcome === 'done') this.nextWork(running)
      else this.fail(running, outcome)
    }
  }

  timer(name: string, uid: string): void {
    const running = this.running.get(uid)
    if (running === undefined) return
    if (name === PERMIT) {
      const plugin = running.binding.waits?.plugin ?? ''
      this.fail(
        running,
        unschedulable(
          plugin,
          `pod "${running.binding.queued.info.pod.metadata.name}" rejected due to timeout after waiting at plugin "${plugin}"`,
        ),
      )
    } else if (name === PRE_BIND) this.fail(running, failure('', 'timed out waiting for the condition'))
  }

  private preBind(running: Running): void {
    const work = this.ports.core.preBind(running.binding)
    if ('code' in work) {
      this.fail(running, work)
      return
    }
    running.work = work
    this.nextWork(running)
  }

  private nextWork(running: Running): void {
    const [work, ...rest] = running.work
    running.work = rest
    if (work === undefined) this.bind(running)
    else this.writeNext(running, work, 0)
  }

  private writeNext(running: Running, work: PreBindWork, index: number): void {
    const write = work.writes[index]
    if (write === undefined) {
      this.await(running, work)
      return
    }
    this.ports.write(
      write,
      (answer) => {
        if (answer.ok) this.writeNext(running, work, index + 1)
        else this.fail(running, failure('', answer.message))
      },
      running.cause,
    )
  }

  private await(running: Running, work: PreBindWork): void {
    if (work.done === undefined) {
      this.nextWork(running)
      return
    }
    running.awaited = work
    this.ports.context.setTimer(PRE_BIND, running.binding.queued.info.uid, work.timeout)
    this.look()
  }

  private bind(running: Running): void {
    const { binding, cause } = running
    const { pod } = binding.queued.info
    const write = this.ports.core.bind(binding)
    if (write === undefined) return this.fail(running, failure('', 'no plugin binds the pod'))
    if ('code' in write) return this.fail(running, write)
    this.ports.write(
      write,
      (answer) => {
        if (!answer.ok) return this.fail(running, failure('DefaultBinder', answer.message))
        this.running.delete(binding.queued.info.uid)
        this.ports.core.bound(binding)
        const { namespace, name } = pod.metadata
        const message = `Successfully assigned ${namespace}/${name} to ${binding.node}`
        this.ports.record(pod, 'Normal', 'Scheduled', message, cause)
      },
      cause,
    )
  }

  private fail(running: Running, status: Status): void {
    const { binding, cause } = running
    const { info } = binding.queued
    if (!this.running.delete(info.uid)) return
    const { message } = this.ports.core.bindingFailed(binding, status, this.ports.context.monotonic)
    this.ports.record(info.pod, 'Warning', 'FailedScheduling', message, cause)
  }
}
