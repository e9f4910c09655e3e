import type { Micros } from '../../../events/envelope.ts'
import { minutes, seconds } from '../../../events/time.ts'
import { formatDuration } from '../../../kubernetes/workload/duration.ts'
import type { NodeHealth } from './object.ts'

/** Source: pkg/kubelet/kubelet.go, maxWaitForContainerRuntime. */
const RUNTIME_PATIENCE: Micros = seconds(30)
/** Source: pkg/kubelet/kubelet.go, genericPlegRelistThreshold. */
const PLEG_PATIENCE: Micros = minutes(3)

/**
 * What keeps the node from being ready: its runtime is away, or has said nothing for long.
 * Source: pkg/kubelet/runtime.go, runtimeErrors; pleg/generic.go, Healthy (v1.36).
 */
export const healthOf = (runtime: {
  /** Since when it is away; undefined while it is there. */
  readonly lostAt: Micros | undefined
  readonly lastHeardAt: Micros
  readonly now: Micros
}): NodeHealth => {
  const { lostAt, lastHeardAt, now } = runtime
  const problems: string[] = []
  if (lostAt !== undefined && now - lostAt > RUNTIME_PATIENCE) problems.push('container runtime is down')
  const silent = now - lastHeardAt
  if (silent > PLEG_PATIENCE) {
    const ago = formatDuration(silent)
    problems.push(
      `PLEG is not healthy: pleg was last seen active ${ago} ago; threshold is ${formatDuration(PLEG_PATIENCE)}`,
    )
  }
  return { problems }
}
