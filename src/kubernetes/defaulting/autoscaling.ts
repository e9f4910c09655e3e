/** Defaults of HorizontalPodAutoscalers. Source: pkg/apis/autoscaling/v2/defaults.go (v1.36). */
import type { HorizontalPodAutoscaler, HPAScalingRules, MetricSpec } from '../types/autoscaling.ts'
import type { Draft } from '../draft.ts'
import { withMembers } from '../with-members.ts'

const CPU_AT_80: MetricSpec = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
}

/** Up by four Pods or twofold, whichever is more, every 15 s. */
const SCALE_UP: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
}

/** Down to nothing at once, after a window that the controller's flag says. */
const SCALE_DOWN: HPAScalingRules = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
}

export function defaultHorizontalPodAutoscaler(
  autoscaler: Draft<HorizontalPodAutoscaler>,
): Draft<HorizontalPodAutoscaler> {
  const spec = autoscaler.spec ?? {}
  const { metrics = [], behavior } = spec
  return withMembers(autoscaler, {
    spec: withMembers(spec, {
      minReplicas: spec.minReplicas ?? 1,
      metrics: metrics.length === 0 ? [CPU_AT_80] : metrics,
      ...(behavior === undefined
        ? {}
        : {
            behavior: {
              scaleUp: { ...SCALE_UP, ...behavior.scaleUp },
              scaleDown: { ...SCALE_DOWN, ...behavior.scaleDown },
            },
          }),
    }),
  })
}
