import { podCondition } from '../../../kubernetes/pods.ts'
import type { Time } from '../../../kubernetes/types/meta.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

interface Seen {
  readonly service: Time
  readonly pods: ReadonlyMap<string, Time>
}

/**
 * Since when endpoints have been out of date: the earliest time at which something happened that the last sync had not
 * seen. It tells how long the network took to learn of it.
 * Source: staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go, ComputeEndpointLastChangeTriggerTime (v1.36).
 */
export class TriggerTimes {
  private readonly byService = new Map<string, Seen>()

  /** Undefined when nothing that has a time changed. */
  next(key: string, service: Service, pods: Iterable<Pod>): Time | undefined {
    const before = this.byService.get(key)
    const times = new Map<string, Time>()
    let first: Time | undefined
    const note = (time: Time, seen: Time | undefined): void => {
      if ((seen === undefined || time > seen) && (first === undefined || time < first)) first = time
    }
    for (const pod of pods) {
      const time = podCondition(pod, 'Ready')?.lastTransitionTime
      if (time === undefined) continue
      times.set(pod.metadata.name, time)
      note(time, before?.pods.get(pod.metadata.name))
    }
    const { creationTimestamp } = service.metadata
    note(creationTimestamp, before?.service)
    this.byService.set(key, { service: creationTimestamp, pods: times })
    return before === undefined ? creationTimestamp : first
  }

  forget(key: string): void {
    this.byService.delete(key)
  }
}
