import type { Micros } from '../../events/envelope.ts'
import { hours } from '../../events/time.ts'
import { parseTime, rfc3339 } from '../../kubernetes/time.ts'
import { DecayingHistogram, exponentialBuckets } from './histogram.ts'
import type { VerticalPodAutoscalerCheckpoint } from './types.ts'

/** Source: pkg/recommender/model/aggregations_config.go (VPA 1.5): cores from 0.01 to 1000, bytes from 10 MB to 1 TB. */
const CPU_BUCKETS = exponentialBuckets(0.01, 1000)
const MEMORY_BUCKETS = exponentialBuckets(10_000_000, 1_000_000_000_000)
const HALF_LIFE: Micros = hours(24)
/** Memory counts once in this time, by its peak. */
export const MEMORY_INTERVAL: Micros = hours(24)
/** Of a processor sample: what was asked for, at least this. Source: model/aggregate_container_state.go, minSampleWeight. */
const MIN_SAMPLE_WEIGHT = 0.1
const NANOS = 1_000_000_000

type Status = NonNullable<VerticalPodAutoscalerCheckpoint['status']>

/** What is known of the use of one container of a target, over all its Pods. Source: model/aggregate_container_state.go. */
export class ContainerState {
  readonly cpu = new DecayingHistogram(CPU_BUCKETS, HALF_LIFE)
  readonly memory = new DecayingHistogram(MEMORY_BUCKETS, HALF_LIFE)
  firstSample: Micros | undefined
  lastSample: Micros = 0
  samples = 0

  addCPU(nanoCores: number, requestedMillis: number, at: Micros): void {
    this.cpu.add(nanoCores / NANOS, Math.max(requestedMillis / 1000, MIN_SAMPLE_WEIGHT), at)
    this.firstSample = Math.min(this.firstSample ?? at, at)
    this.lastSample = Math.max(this.lastSample, at)
    this.samples++
  }

  /** In days: how long samples reach back, or how many minutes they are for, whichever is less. Source: logic/estimator.go, getConfidence. */
  get confidenceDays(): number {
    const span = (this.lastSample - (this.firstSample ?? this.lastSample)) / hours(24)
    return Math.min(span, this.samples / (60 * 24))
  }

  save(now: Micros): Status {
    return {
      version: 'v3',
      lastUpdateTime: rfc3339(now),
      cpuHistogram: this.cpu.save(),
      memoryHistogram: this.memory.save(),
      firstSampleStart: rfc3339(this.firstSample ?? now),
      lastSampleStart: rfc3339(this.lastSample),
      totalSamplesCount: this.samples,
    }
  }

  load({ cpuHistogram, memoryHistogram, firstSampleStart, lastSampleStart, totalSamplesCount = 0 }: Status): void {
    if (cpuHistogram !== undefined) this.cpu.load(cpuHistogram)
    if (memoryHistogram !== undefined) this.memory.load(memoryHistogram)
    this.firstSample = parseTime(firstSampleStart ?? '')
    this.lastSample = parseTime(lastSampleStart ?? '') ?? 0
    this.samples = totalSamplesCount
  }
}

/**
 * The memory peak of one Pod's container in the day that is under way: a higher one takes the place of a lower one.
 * Source: pkg/recommender/model/container.go, addMemorySample.
 */
export class MemoryWindow {
  private end: Micros | undefined
  private peak = 0

  add(bytes: number, at: Micros, { memory }: ContainerState): void {
    if (this.end === undefined) this.end = at
    if (at < this.end) {
      if (bytes <= this.peak) return
      if (this.peak > 0) memory.subtract(this.peak, 1, this.end)
    } else {
      const windows = Math.floor((at - this.end) / MEMORY_INTERVAL) + 1
      this.end += windows * MEMORY_INTERVAL
      this.peak = 0
    }
    memory.add(bytes, 1, this.end)
    this.peak = bytes
  }

  /** The container was killed for its memory: it wanted a fifth more than it had, and no less than 100 MiB. Source: container.go, RecordOOM. */
  recordOOM(requestedBytes: number, at: Micros, state: ContainerState): void {
    const used = Math.max(requestedBytes, this.peak)
    this.add(Math.max(used + 100 * 1024 * 1024, Math.floor((used * 6) / 5)), at, state)
  }
}
