import type { Micros } from '../../events/envelope.ts'

/**
 * client-go's flow control: `qps` requests a second in the long run, `burst` at once.
 * Integer arithmetic in micro-tokens. Source: client-go/util/flowcontrol/throttle.go, NewTokenBucketRateLimiter.
 */
export class TokenBucket {
  private readonly qps: number
  private readonly capacity: number
  private tokens: number
  private at: Micros = 0

  constructor(qps: number, burst: number) {
    this.qps = qps
    this.capacity = burst * 1_000_000
    this.tokens = this.capacity
  }

  /** Takes a token, if need be one of the future, and tells how long to wait for it. */
  reserve(now: Micros): Micros {
    if (now > this.at) {
      this.tokens = Math.min(this.capacity, this.tokens + (now - this.at) * this.qps)
      this.at = now
    }
    this.tokens -= 1_000_000
    return this.tokens >= 0 ? 0 : Math.ceil(-this.tokens / this.qps)
  }
}
