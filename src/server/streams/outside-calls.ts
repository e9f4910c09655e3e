/** Calls that somebody makes from inside a Pod, through the modelled network; and waiting in cluster time. */
import type { Cluster } from '../../cluster.ts'
import { OUTSIDE } from '../../events/envelope.ts'
import type { EventData } from '../../events/catalogue/index.ts'
import type { Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { Clock } from '../clock.ts'

export type CallAnswer = EventData<'CallAnswered'>

/** A machine that is dead says nothing: its caller learns so a little later than from a timeout. */
const SLACK: Micros = seconds(1)
const LOOK_EVERY_MS = 10

export class OutsideCalls {
  private readonly cluster: Cluster
  private readonly clock: Clock
  private readonly isStepped: boolean
  private readonly subscription: { unsubscribe(): void }
  private readonly pending = new Map<number, (answer: CallAnswer) => void>()
  private readonly scrapes = new Map<number, (containers: EventData<'UsageReported'>['containers']) => void>()

  constructor(cluster: Cluster, clock: Clock, isStepped: boolean) {
    this.cluster = cluster
    this.clock = clock
    this.isStepped = isStepped
    this.subscription = cluster.events$.subscribe((event) => {
      if (event.to !== OUTSIDE) return
      if (event.type === 'CallAnswered') this.pending.get(event.data.call)?.(event.data)
      if (event.type === 'UsageReported') this.scrapes.get(event.data.scrape)?.(event.data.containers)
    })
  }

  close(): void {
    this.subscription.unsubscribe()
  }

  /** Asks the machine `node` to reach a name (as in `namespace`) or an address. */
  call(node: string, target: Omit<EventData<'CallRequested'>, 'call'>): Promise<CallAnswer> {
    const { cluster, clock, pending } = this
    return new Promise((resolve) => {
      clock.present()
      const call = cluster.nextNumber
      let done = false
      const settle = (answer: CallAnswer): void => {
        done = true
        pending.delete(call)
        resolve(answer)
      }
      pending.set(call, settle)
      const deadline = cluster.now + target.timeoutMicros + SLACK
      cluster.send({ type: 'CallRequested', data: { call, ...target }, to: `host/${node}` })
      clock.await(() => {
        if (!done && cluster.now >= deadline) settle({ call, reason: 'timeout' })
        return done
      })
    })
  }

  /** Asks a node's kubelet what its containers have used; undefined where it says nothing in time. */
  usage(node: string, within: Micros): Promise<EventData<'UsageReported'>['containers'] | undefined> {
    const { cluster, clock, scrapes } = this
    return new Promise((resolve) => {
      clock.present()
      const scrape = cluster.nextNumber
      let done = false
      const settle = (containers: EventData<'UsageReported'>['containers'] | undefined): void => {
        done = true
        scrapes.delete(scrape)
        resolve(containers)
      }
      scrapes.set(scrape, settle)
      const deadline = cluster.now + within
      cluster.send({ type: 'UsageRequested', data: { scrape }, to: `kubelet/${node}` })
      clock.await(() => {
        if (!done && cluster.now >= deadline) settle(undefined)
        return done
      })
    })
  }

  /** Ends a process on the machine `node`. */
  endTask(node: string, data: EventData<'EndTask'>): void {
    this.clock.present()
    this.cluster.send({ type: 'EndTask', data, to: `host/${node}` })
  }

  /** Until so much of cluster time has passed, or until `isOver`. */
  pass(duration: Micros, isOver: () => boolean): Promise<void> {
    const { cluster, clock } = this
    const deadline = cluster.now + duration
    const isDone = (): boolean => cluster.now >= deadline || isOver()
    // Time that stands still between requests passes only for those who wait for it.
    if (this.isStepped && duration !== Infinity) clock.await(isDone)
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isDone()) return
        clearInterval(timer)
        resolve()
      }
      const timer = setInterval(look, LOOK_EVERY_MS)
      look()
    })
  }
}
