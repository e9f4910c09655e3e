/** HorizontalPodAutoscalers. Source: pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go (v1.36). */
import type { HorizontalPodAutoscaler } from '../types/autoscaling.ts'
import { defaultHorizontalPodAutoscaler } from '../defaulting/autoscaling.ts'
import {
  validateHorizontalPodAutoscaler,
  validateHorizontalPodAutoscalerStatusUpdate,
  validateHorizontalPodAutoscalerUpdate,
} from '../validation/autoscaling.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus } from './strategy.ts'

export const horizontalPodAutoscalerStrategy = defineStrategy<HorizontalPodAutoscaler>({
  defaults: defaultHorizontalPodAutoscaler,
  prepareForCreate: (autoscaler) => resetStatus(autoscaler, { desiredReplicas: 0 }),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  check: validateHorizontalPodAutoscaler,
  checkUpdate: validateHorizontalPodAutoscalerUpdate,
  checkStatusUpdate: validateHorizontalPodAutoscalerStatusUpdate,
})
