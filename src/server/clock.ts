/** Ties a cluster's time to the wall clock, or to what is asked of it. */
import { performance } from 'node:perf_hooks'
import type { Cluster } from '../cluster.ts'
import type { Speed } from '../cluster/listen.ts'
import type { Micros } from '../events/envelope.ts'
import { millis } from '../events/time.ts'

export interface Clock {
  /** Brings the cluster to the present, before something comes from outside. */
  present(): void
  /** Somebody waits: time passes, or is hurried to pass, until `isDone`. */
  await(isDone: () => boolean): void
  /**
   * Somebody outside is asked, and needs the time that he needs: until what this gives is called, time passes no faster than
   * the wall clock, and those who wait in a cluster that is stepped wait for him.
   */
  hold(): () => void
  stop(): void
}

export const createClock = (cluster: Cluster, speed: Speed, onFailure: (error: unknown) => void): Clock =>
  speed === 'stepped' ? new SteppedClock(cluster, onFailure) : new LiveClock(cluster, speed, onFailure)

/** After an answer, what it set off goes on for so long: watchers hear of a write before the next request comes. */
const AFTERMATH: Micros = millis(10)

/** Time stands still between requests. */
class SteppedClock implements Clock {
  private readonly cluster: Cluster
  private readonly onFailure: (error: unknown) => void
  /** Those who wait until somebody outside has answered. */
  private readonly waiting = new Set<() => boolean>()
  /** How often somebody outside was asked so far. */
  private held = 0
  private stopped = false

  constructor(cluster: Cluster, onFailure: (error: unknown) => void) {
    this.cluster = cluster
    this.onFailure = onFailure
  }

  present(): void {}

  await(isDone: () => boolean): void {
    if (this.stopped) return
    // Whoever is asked outside may himself ask: for him time goes on. It stops where another question goes out.
    const { held } = this
    try {
      while (!isDone()) {
        if (this.held > held) {
          this.waiting.add(isDone)
          return
        }
        if (!this.cluster.step()) break
      }
      this.cluster.run(AFTERMATH)
    } catch (error) {
      this.stopped = true
      this.onFailure(error)
    }
  }

  hold(): () => void {
    this.held++
    return () => {
      const waiting = [...this.waiting]
      this.waiting.clear()
      for (const isDone of waiting) this.await(isDone)
    }
  }

  stop(): void {
    this.stopped = true
  }
}

/** So much virtual time passes between two looks at the wall clock. */
const SLICE: Micros = millis(10)
/** So long the cluster runs before clients get their turn. */
const TURN_MS = 8
/** A cluster that is so far behind goes on from where it is: it cannot keep up. */
const LAG_MS = 250
const NAP_MAX_MS = 50

/**
 * Cluster time follows the wall clock, times `speed`. While somebody waits for an answer the event loop is never left to
 * sleep, so an answer is late by microseconds; else the next thing that is due wakes it.
 */
class LiveClock implements Clock {
  private readonly cluster: Cluster
  private readonly speed: number
  private readonly onFailure: (error: unknown) => void
  private readonly waiting = new Set<() => boolean>()
  /** Wall clock and cluster clock at a common moment. */
  private origin: { wall: number; virtual: Micros }
  private timer: NodeJS.Timeout | undefined
  private immediate: NodeJS.Immediate | undefined
  private stopped = false
  /** How many outside are asked now. */
  private held = 0

  constructor(cluster: Cluster, speed: number | 'max', onFailure: (error: unknown) => void) {
    this.cluster = cluster
    this.speed = speed === 'max' ? Infinity : speed
    this.onFailure = onFailure
    this.origin = { wall: performance.now(), virtual: cluster.now }
    this.plan()
  }

  present(): void {
    if (!this.stopped) this.advance()
  }

  await(isDone: () => boolean): void {
    if (this.stopped || isDone()) return
    this.waiting.add(isDone)
    this.plan()
  }

  hold(): () => void {
    if (this.held++ === 0) this.begin()
    return () => {
      if (--this.held === 0) this.begin()
    }
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    clearImmediate(this.immediate)
  }

  private readonly turn = (): void => {
    this.timer = undefined
    this.immediate = undefined
    if (this.stopped) return
    this.advance()
    for (const isDone of this.waiting) if (isDone()) this.waiting.delete(isDone)
    this.plan()
  }

  /** From here on at the pace that now holds. */
  private begin(): void {
    this.origin = { wall: performance.now(), virtual: this.cluster.now }
  }

  private get pace(): number {
    return this.held > 0 ? Math.min(1, this.speed) : this.speed
  }

  private advance(): void {
    const began = performance.now()
    const target = this.targetAt(began)
    try {
      // Whoever is asked outside from here on has his own pace.
      const { held } = this
      while (this.cluster.now < target && this.held === held) {
        this.cluster.run(Math.min(SLICE, target - this.cluster.now))
        if (performance.now() - began < TURN_MS) continue
        this.fallBehind(target)
        return
      }
    } catch (error) {
      this.stop()
      this.onFailure(error)
    }
  }

  private targetAt(wall: number): Micros {
    const { pace, origin } = this
    if (pace === Infinity) return Number.MAX_SAFE_INTEGER
    return origin.virtual + Math.floor((wall - origin.wall) * 1000 * pace)
  }

  private fallBehind(target: Micros): void {
    const behindMs = (target - this.cluster.now) / 1000 / this.pace
    if (behindMs > LAG_MS) this.begin()
  }

  private plan(): void {
    if (this.stopped || this.immediate !== undefined) return
    if (this.waiting.size > 0 || this.pace === Infinity) {
      clearTimeout(this.timer)
      this.timer = undefined
      this.immediate = setImmediate(this.turn)
      return
    }
    if (this.timer === undefined) this.timer = setTimeout(this.turn, this.napMs())
  }

  private napMs(): number {
    const { nextAt } = this.cluster
    if (nextAt === undefined) return NAP_MAX_MS
    const dueAt = this.origin.wall + (nextAt - this.origin.virtual) / 1000 / this.pace
    return Math.min(NAP_MAX_MS, Math.max(1, Math.ceil(dueAt - performance.now())))
  }
}
