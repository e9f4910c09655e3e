import type { EventData } from '../../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros } from '../../../events/envelope.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import { isSidecar } from '../../../kubernetes/pods.ts'
import type { Container, ContainerStatus } from '../../../kubernetes/types/container.ts'
import type { Pod, PodStatus } from '../../../kubernetes/types/pod.ts'
import type { Encounter } from '../../../kubernetes/workload/run.ts'
import type { ProbeVerdict, ProbeVerdicts } from '../pods/actions.ts'
import type { RuntimeContainer } from '../runtime/pod-state.ts'
import { containerID } from '../status/containers.ts'
import type { Health } from '../status/generate.ts'
import { failureText, probesOf, type ProbeKind } from './spec.ts'
import { count, eligibleFrom, meet, newWorker, tickFrom, type ProbeWorker } from './worker.ts'

const TICK = 'probe'
const SILENCE = 'probe-timeout'

/** What the prober needs to know of Pods, and whom it tells. */
export interface ProberHost {
  readonly machine: ActorId
  readonly startedAt: Micros
  /** Whether probes whose outcome is known are left out. */
  readonly folds: boolean
  /** The status that was last generated for a Pod. */
  status(uid: string): PodStatus | undefined
  unhealthy(uid: string, container: string, message: string): void
  /** A verdict changed. */
  judged(uid: string, container: string, kind: ProbeKind, ok: boolean): void
}

/**
 * Probes containers as their Pods ask.
 *
 * A probe that has succeeded often enough and would go on to succeed is not repeated: the machine says until when its
 * answer holds, and the next probe is sent at the first tick of the period after that. Between two such moments every
 * periodic probe would succeed and change nothing, so each verdict changes at the same tick as if all had been sent.
 * Whatever else ends a success comes from the kubelet itself, which then goes back to its ticks: it stops the container,
 * or it sees another one in the status. Failing probes are never left out, for each is told as an Event.
 * Source: pkg/kubelet/prober/worker.go, prober_manager.go (v1.36).
 */
export class Prober implements ProbeVerdicts {
  private readonly host: ProberHost
  private readonly context: ActorContext
  private readonly workers = new Map<string, ProbeWorker>()
  private readonly byPod = new Map<string, ProbeWorker[]>()
  /** Readiness workers that the status just generated asks to probe out of turn. */
  private readonly triggered = new Set<ProbeWorker>()

  constructor(host: ProberHost, context: ActorContext) {
    this.host = host
    this.context = context
  }

  /** Begins to probe the containers of a Pod, once. */
  add(pod: Pod): void {
    const { uid } = pod.metadata
    if (this.byPod.has(uid)) return
    const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar)
    const workers: ProbeWorker[] = []
    for (const container of [...sidecars, ...pod.spec.containers]) {
      for (const spec of probesOf(container)) {
        // Workers of a kubelet that has just started spread over their first period.
        const isYoung = this.context.monotonic - this.host.startedAt < spec.period
        const delay = isYoung ? this.context.random.below(spec.period) : 0
        const worker = newWorker(uid, container.name, spec, this.context.monotonic + delay)
        workers.push(worker)
        this.workers.set(worker.key, worker)
      }
    }
    this.byPod.set(uid, workers)
  }

  /** A Pod's status has been set: probes begin, go on or rest as it says. */
  statusSet(uid: string): void {
    const workers = this.byPod.get(uid)
    if (workers === undefined || workers.length === 0) return
    const status = this.host.status(uid)
    for (const worker of workers) {
      const shown = shownOf(status, worker.container)
      if (shown?.containerID !== undefined) meet(worker, shown.containerID, shown)
      if (this.triggered.delete(worker)) this.probeNow(worker)
      else this.plan(worker, shown, this.context.monotonic)
    }
  }

  /** Liveness and startup stop as soon as a Pod terminates; readiness goes on and is watched closely again. */
  terminate(uid: string): void {
    const kept: ProbeWorker[] = []
    for (const worker of this.byPod.get(uid) ?? []) {
      worker.steady = false
      worker.unsettled = true
      if (worker.spec.kind !== 'readiness') this.drop(worker)
      else {
        kept.push(worker)
        // A tick of this very moment is over: its probe went ahead of the signal.
        this.plan(worker, shownOf(this.host.status(uid), worker.container), this.context.monotonic + 1)
      }
    }
    if (this.byPod.has(uid)) this.byPod.set(uid, kept)
  }

  /** A container is about to be stopped: its probes go by their ticks again. */
  unsettle(uid: string, container: string): void {
    for (const worker of this.byPod.get(uid) ?? []) {
      if (worker.container !== container) continue
      worker.unsettled = true
      if (!worker.steady) continue
      worker.steady = false
      this.plan(worker, shownOf(this.host.status(uid), container), this.context.monotonic + 1)
    }
  }

  remove(uid: string): void {
    for (const worker of this.byPod.get(uid) ?? []) this.drop(worker)
    this.byPod.delete(uid)
  }

  /** How a container counts in the status that is being generated. Source: prober_manager.go, UpdatePodStatus (v1.36). */
  health(pod: Pod, name: string, status: ContainerStatus): Health {
    const { uid } = pod.metadata
    const startup = this.met(uid, name, 'startup', status)
    const started = status.state?.running !== undefined && (startup === undefined || startup.result === true)
    const init = pod.spec.initContainers?.find((container) => container.name === name)
    if (init !== undefined && !isSidecar(init)) return { started, ready: status.state?.terminated?.exitCode === 0 }
    if (!started) return { started, ready: false }
    const readiness = this.met(uid, name, 'readiness', status)
    if (readiness === undefined) return { started, ready: true }
    if (readiness.result !== true) this.triggered.add(readiness)
    return { started, ready: readiness.result === true }
  }

  verdict(uid: string, container: Container, instance: RuntimeContainer): ProbeVerdict {
    if (this.resultOf(uid, container, 'liveness', instance) === false) return 'failed liveness'
    return this.resultOf(uid, container, 'startup', instance) === false ? 'failed startup' : 'healthy'
  }

  hasStarted(uid: string, container: Container, instance: RuntimeContainer): boolean {
    return container.startupProbe === undefined || this.resultOf(uid, container, 'startup', instance) === true
  }

  /** True when the event was about a probe. */
  receive(event: LogEvent): boolean {
    if (event.type === 'ProbeAnswered') {
      this.answered(event.data)
      return true
    }
    if (event.type !== 'TimerFired') return false
    const { name, key } = event.data
    if (name !== TICK && name !== SILENCE) return false
    const worker = this.workers.get(key)
    if (worker === undefined) return true
    if (name === TICK) this.tick(worker)
    else this.conclude(worker, 'silent', undefined)
    return true
  }

  private drop(worker: ProbeWorker): void {
    this.workers.delete(worker.key)
    this.triggered.delete(worker)
    this.cancel(worker)
    this.context.cancelTimer(SILENCE, worker.key)
  }

  /** Sees to it that the next tick at `from` or later that means anything is an alarm; one that comes sooner stays. */
  private plan(worker: ProbeWorker, shown: ContainerStatus | undefined, from: Micros): void {
    if (worker.asking || worker.steady) return
    const eligible = eligibleFrom(worker, shown)
    if (eligible === undefined) {
      this.cancel(worker)
      return
    }
    const { now, monotonic } = this.context
    const at = tickFrom(worker, Math.max(from, monotonic + Math.max(0, eligible - now)))
    if (worker.plannedAt === undefined || at < worker.plannedAt) this.setTick(worker, at)
  }

  private setTick(worker: ProbeWorker, at: Micros): void {
    worker.plannedAt = at
    this.context.setTimer(TICK, worker.key, Math.max(0, at - this.context.monotonic))
  }

  private cancel(worker: ProbeWorker): void {
    worker.plannedAt = undefined
    this.context.cancelTimer(TICK, worker.key)
  }

  /** Out of turn. Source: prober_manager.go, manualTriggerCh; worker.go, run: the ticker begins anew. */
  private probeNow(worker: ProbeWorker): void {
    if (worker.asking) {
      worker.again = true
      return
    }
    worker.anchor = this.context.monotonic
    worker.steady = false
    this.cancel(worker)
    this.ask(worker)
    this.plan(worker, shownOf(this.host.status(worker.uid), worker.container), this.context.monotonic + 1)
  }

  private tick(worker: ProbeWorker): void {
    worker.plannedAt = undefined
    worker.steady = false
    this.ask(worker)
    this.plan(worker, shownOf(this.host.status(worker.uid), worker.container), this.context.monotonic + 1)
  }

  private ask(worker: ProbeWorker): void {
    const eligible = eligibleFrom(worker, shownOf(this.host.status(worker.uid), worker.container))
    if (worker.asking || eligible === undefined || eligible > this.context.now) return
    worker.asking = true
    const { spec } = worker
    const task = worker.containerID.slice(containerID('').length)
    this.context.emit(
      'ProbeRequested',
      {
        probe: worker.key,
        task,
        readiness: spec.kind === 'readiness',
        by: spec.by,
        timeoutMicros: spec.timeout,
        ...(spec.port === undefined ? {} : { port: spec.port }),
      },
      { to: this.host.machine },
    )
  }

  private answered({ probe, task, outcome, untilMicros }: EventData<'ProbeAnswered'>): void {
    const worker = this.workers.get(probe)
    if (worker === undefined || !worker.asking) return
    // An answer about an instance that is gone says nothing about the one of now.
    if (containerID(task) !== worker.containerID) this.rest(worker)
    else if (outcome === 'silent') this.context.setTimer(SILENCE, worker.key, worker.spec.timeout)
    else this.conclude(worker, outcome, untilMicros)
  }

  private conclude(worker: ProbeWorker, met: Encounter, until: Micros | undefined): void {
    const { uid, container, spec } = worker
    const ok = met === 'ok'
    if (!ok) {
      const ip = this.host.status(uid)?.podIP ?? ''
      this.host.unhealthy(uid, container, failureText(spec, met, ip))
    }
    worker.asking = false
    const changed = count(worker, ok)
    worker.steady =
      this.host.folds && !worker.unsettled && ok && worker.result === true && worker.run >= spec.successThreshold
    if (worker.steady) this.planAfter(worker, until)
    if (changed) this.host.judged(uid, container, spec.kind, ok)
    this.rest(worker)
  }

  /** A success holds until then; the first tick after that sees the difference. */
  private planAfter(worker: ProbeWorker, until: Micros | undefined): void {
    this.cancel(worker)
    if (until === undefined) return
    this.setTick(worker, tickFrom(worker, Math.max(until, this.context.monotonic + 1)))
  }

  private rest(worker: ProbeWorker): void {
    worker.asking = false
    if (!this.workers.has(worker.key)) return
    if (worker.again) {
      worker.again = false
      this.probeNow(worker)
    } else this.plan(worker, shownOf(this.host.status(worker.uid), worker.container), this.context.monotonic + 1)
  }

  /** The worker of a probe, after it has met the instance that the status is about. */
  private met(uid: string, name: string, kind: ProbeKind, status: ContainerStatus): ProbeWorker | undefined {
    const worker = this.workers.get(`${uid}/${name}/${kind}`)
    if (worker !== undefined && status.containerID !== undefined) {
      meet(worker, status.containerID, shownOf(this.host.status(uid), name))
    }
    return worker
  }

  private resultOf(
    uid: string,
    container: Container,
    kind: ProbeKind,
    instance: RuntimeContainer,
  ): boolean | undefined {
    const worker = this.workers.get(`${uid}/${container.name}/${kind}`)
    return worker?.containerID === containerID(instance.id) ? worker.result : undefined
  }
}

const shownOf = (status: PodStatus | undefined, name: string): ContainerStatus | undefined =>
  status?.containerStatuses?.find((one) => one.name === name) ??
  status?.initContainerStatuses?.find((one) => one.name === name)
