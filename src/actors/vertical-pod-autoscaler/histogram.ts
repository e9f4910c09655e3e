import type { Micros } from '../../events/envelope.ts'
import { parseTime, rfc3339 } from '../../kubernetes/time.ts'
import { growth } from './decay.ts'
import type { HistogramCheckpoint } from './types.ts'

/** Where the buckets begin: each is 5 % wider than the one before. Source: pkg/recommender/util/histogram_options.go. */
export type Buckets = readonly number[]

const RATIO = 1.05

export const exponentialBuckets = (firstSize: number, max: number): Buckets => {
  const starts = [0]
  for (let size = firstSize, start = 0; start < max; size *= RATIO) starts.push((start += size))
  return starts
}

/** A weight below which nothing counts. Source: pkg/recommender/model/aggregations_config.go, epsilon. */
const EPSILON = 0.001 * 0.1
/** Beyond so many half-lives the reference moves on, or weights would outgrow whole numbers. Upstream: 100, in floating point. */
const MAX_DECAY_EXPONENT = 20
/** Source: pkg/recommender/util/histogram.go, MaxCheckpointWeight. */
const MAX_CHECKPOINT_WEIGHT = 10_000

/**
 * Weights of values, the old ones worth half as much after each half-life. Instead of making old weights smaller, new ones
 * are made larger.
 * Source: pkg/recommender/util/{histogram,decaying_histogram}.go (VPA 1.5).
 */
export class DecayingHistogram {
  private readonly buckets: Buckets
  private readonly halfLife: Micros
  private readonly weights: number[]
  private total = 0
  private reference: Micros = 0

  constructor(buckets: Buckets, halfLife: Micros) {
    this.buckets = buckets
    this.halfLife = halfLife
    this.weights = buckets.map(() => 0)
  }

  get isEmpty(): boolean {
    return this.total < EPSILON
  }

  add(value: number, weight: number, at: Micros): void {
    this.change(value, weight * this.factor(at))
  }

  subtract(value: number, weight: number, at: Micros): void {
    this.change(value, -weight * this.factor(at))
  }

  /** The end of the bucket in which the percentile lies; 0 when nothing is known. */
  percentile(percentile: number): number {
    if (this.isEmpty) return 0
    let sum = 0
    let bucket = 0
    for (; bucket < this.weights.length - 1; bucket++) {
      sum += this.weights[bucket] ?? 0
      if (sum >= percentile * this.total) break
    }
    return this.buckets[Math.min(bucket + 1, this.buckets.length - 1)] ?? 0
  }

  /** Abridged: the total is kept as a whole number. */
  save(): HistogramCheckpoint {
    const largest = this.weights.reduce((a, b) => Math.max(a, b), 0)
    const bucketWeights: Record<string, number> = {}
    this.weights.forEach((weight, bucket) => {
      const scaled = largest === 0 ? 0 : Math.round((weight * MAX_CHECKPOINT_WEIGHT) / largest)
      if (scaled > 0) bucketWeights[String(bucket)] = scaled
    })
    return { referenceTimestamp: rfc3339(this.reference), bucketWeights, totalWeight: Math.ceil(this.total) }
  }

  load({ referenceTimestamp, bucketWeights = {}, totalWeight = 0 }: HistogramCheckpoint): void {
    this.reference = parseTime(referenceTimestamp ?? '') ?? 0
    let sum = 0
    for (const weight of Object.values(bucketWeights)) sum += weight
    if (sum === 0) return
    for (const [bucket, weight] of Object.entries(bucketWeights)) {
      this.weights[Number(bucket)] = (weight * totalWeight) / sum
    }
    this.total = totalWeight
  }

  private change(value: number, weight: number): void {
    const bucket = this.bucketOf(value)
    this.weights[bucket] = Math.max(0, (this.weights[bucket] ?? 0) + weight)
    this.total = Math.max(0, this.total + weight)
  }

  /** How much a weight of that time counts. */
  private factor(at: Micros): number {
    if (this.isEmpty) this.reference = at - (at % this.halfLife)
    if (at > this.reference + this.halfLife * MAX_DECAY_EXPONENT) this.moveReference(at - (at % this.halfLife))
    return at < this.reference
      ? 1 / growth(this.reference - at, this.halfLife)
      : growth(at - this.reference, this.halfLife)
  }

  private moveReference(reference: Micros): void {
    const shrink = growth(reference - this.reference, this.halfLife)
    this.weights.forEach((weight, bucket) => (this.weights[bucket] = weight / shrink))
    this.total /= shrink
    this.reference = reference
  }

  private bucketOf(value: number): number {
    let low = 0
    let high = this.buckets.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.buckets[middle] ?? 0) <= value) low = middle
      else high = middle - 1
    }
    return low
  }
}
