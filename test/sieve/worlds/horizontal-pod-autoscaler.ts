import { horizontalPodAutoscalerController } from '../../../src/actors/controllers/horizontal-pod-autoscaler/horizontal-pod-autoscaler.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { isReady } from '../../../src/kubernetes/pods.ts'
import { notFound } from '../../../src/kubernetes/status.ts'
import { kindRow } from '../../../src/kubernetes/registry.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import type { HorizontalPodAutoscaler } from '../../../src/kubernetes/types/autoscaling.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import type { Given, Request } from '../../support/controller-bench.ts'
import { made, readyPod, selector, template } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { Answer, SmallWorld } from '../world.ts'

/** What one Pod bears, and what all of them have to bear at a moment. */
const SHARE = 100
const load = (stage: Stage): number => (stage.now > seconds(20) && stage.now < seconds(80) ? 3 * SHARE : SHARE)

const web = (stage: Stage): readonly Pod[] => stage.list('Pod')

/** Whoever keeps as many Pods as the target asks for: each is there, and ready, one step later. */
const scaled = (stage: Stage): void => {
  const wanted = stage.get('Deployment', 'web')?.spec.replicas ?? 0
  for (let n = 0; n < wanted; n++) if (stage.get('Pod', `web-${n}`) === undefined) stage.put(readyPod(`web-${n}`))
  for (const { metadata } of web(stage))
    if (Number(metadata.name.slice(4)) >= wanted) stage.remove('Pod', metadata.name)
  const replicas = web(stage).length
  if (stage.get('Deployment', 'web')?.status?.replicas !== replicas)
    stage.change('Deployment', 'web', (before) => ({ ...before, status: { ...before.status, replicas } }))
}

/** The target's size, read and written as its subresource. */
export const scaleOf = (stage: Stage, { kind, verb, name = '', subresource, body }: Request): Answer | undefined => {
  if (subresource !== 'scale') return undefined
  const target = stage.get('Deployment', name)
  if (target === undefined) return { code: 404, status: notFound(kindRow('Deployment'), name) }
  if (verb === 'update') {
    const { spec } = body as { readonly spec: { readonly replicas: number } }
    stage.edit('Deployment', name, spec)
  }
  const { spec, status } = stage.get('Deployment', name) ?? target
  const scale = {
    ...{ apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name } },
    spec: { replicas: spec.replicas },
    status: { replicas: status?.replicas ?? 0, selector: 'app=web' },
  }
  return kind === 'Deployment' ? { code: 200, object: scale } : undefined
}

/** What each Pod uses: all share the load. */
const usage = (stage: Stage): Answer => {
  const pods = web(stage).filter(isReady)
  const memory = `${Math.floor((load(stage) * 1000) / Math.max(1, pods.length))}m`
  const items = pods.map(({ metadata: { name, namespace } }) => ({
    metadata: { name, namespace },
    timestamp: rfc3339(stage.now),
    window: '15s',
    containers: [{ name: 'app', usage: { memory } }],
  }))
  return { code: 200, items: items.length, object: { kind: 'PodMetricsList', items } }
}

export const autoscaler = (maxReplicas: number, metrics: readonly object[]): Given =>
  made('HorizontalPodAutoscaler', 'web', {
    spec: {
      minReplicas: 1,
      maxReplicas,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      metrics,
    },
  })

/** Three times the load for a minute. */
export const horizontalPodAutoscaler: SmallWorld = {
  name: 'horizontal-pod-autoscaler-controller',
  controllers: () => [horizontalPodAutoscalerController],
  given: [
    made('Deployment', 'web', { spec: { replicas: 1, selector, template: template() }, status: { replicas: 1 } }),
    readyPod('web-0'),
    autoscaler(4, [
      { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: `${SHARE}` } } },
    ]),
  ],
  step: seconds(5),
  // What was proposed in the last five minutes counts on the way down.
  steps: 96,
  settle: minutes(1),
  around: scaled,
  answers: (stage, request) => (request.kind === 'pods.metrics.k8s.io' ? usage(stage) : scaleOf(stage, request)),
  // When it was scaled last is told once, here and upstream: where that write is refused, nobody makes it again.
  outcome: (object) =>
    object.kind === 'HorizontalPodAutoscaler'
      ? { ...object, status: { ...(object as HorizontalPodAutoscaler).status, lastScaleTime: undefined } }
      : object,
  never: (stage) => {
    const replicas = stage.get('Deployment', 'web')?.spec.replicas ?? 0
    if (replicas > 3) return `${replicas} replicas, the load never needs more than 3`
    // A sync period, the way of a write, and what a process that dies in between takes to come back.
    const isHigh = stage.now > seconds(70) && stage.now < seconds(80)
    return isHigh && replicas < 3 ? `${replicas} replicas under a load for 3` : undefined
  },
  finally: (stage) => {
    const replicas = stage.get('Deployment', 'web')?.spec.replicas
    return replicas === 1 ? undefined : `${replicas} replicas are left, the load needs 1`
  },
}
