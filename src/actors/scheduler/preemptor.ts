import type { Seq } from '../../events/envelope.ts'
import { isTerminating } from '../../kubernetes/pods.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import type { Preemption } from './framework/plugin.ts'
import type { PodInfo } from './framework/pod-info.ts'
import type { SchedulerPorts } from './ports.ts'
import { conditionPatch, statusPatch } from './scheduler-writes.ts'

/**
 * Makes room: marks and deletes victims, takes nominations back. All but the last victim go at once; the last goes when the
 * Pod may be woken by its end.
 * Source: pkg/scheduler/framework/preemption/executor.go, prepareCandidateAsync (v1.36).
 */
export class Preemptor {
  private readonly ports: SchedulerPorts
  private readonly workers: number

  /** @param workers how many victims go at once: the configuration's `parallelism` */
  constructor(ports: SchedulerPorts, workers: number) {
    this.ports = ports
    this.workers = workers
  }

  begin(preemptor: PodInfo, preemption: Preemption, cause: Seq): void {
    for (const pod of preemption.losesNomination) {
      this.ports.write(statusPatch(pod, { nominatedNodeName: null }), () => {}, cause)
    }
    const victims = preemption.victims.filter(({ pod }) => !isTerminating(pod))
    const last = victims.at(-1)
    if (last === undefined) return
    const others = victims.slice(0, -1)
    let open = others.length
    let failed = false
    let next = 0
    const finish = (): void => {
      this.ports.core.preemptionDone(preemptor, failed)
      if (!failed)
        this.evict(last, preemptor, preemption.node, cause, (ok) => {
          if (!ok) this.ports.core.preemptionDone(preemptor, true)
        })
    }
    const work = (): void => {
      const victim = others[next++]
      if (victim === undefined) return
      this.evict(victim, preemptor, preemption.node, cause, (ok) => {
        failed ||= !ok
        if (--open === 0) finish()
        else work()
      })
    }
    if (open === 0) finish()
    for (let worker = 0; worker < this.workers; worker++) work()
  }

  private evict(victim: PodInfo, preemptor: PodInfo, node: string, cause: Seq, done: (ok: boolean) => void): void {
    const { pod } = victim
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      observedGeneration: pod.metadata.generation,
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
      lastTransitionTime: rfc3339(this.ports.context.now),
    }
    this.ports.write(
      statusPatch(pod, conditionPatch(pod, condition)),
      (marked) => {
        if (!marked.ok && marked.code !== 404) return done(false)
        this.remove(victim, preemptor, node, cause, done)
      },
      cause,
    )
  }

  private remove(victim: PodInfo, preemptor: PodInfo, node: string, cause: Seq, done: (ok: boolean) => void): void {
    const { namespace, name, uid } = victim.pod.metadata
    this.ports.write(
      { verb: 'delete', kind: 'Pod', namespace, name, preconditions: { uid } },
      (deleted) => {
        if (deleted.ok) {
          const message = `Preempted by pod ${preemptor.uid} on node ${node}`
          this.ports.record(victim.pod, 'Normal', 'Preempted', message, cause)
        }
        done(deleted.ok || deleted.code === 404 || deleted.code === 409)
      },
      cause,
    )
  }
}
