import { AUTOSCALING_V1 } from '../conversion/autoscaling-v1.ts'
import { horizontalPodAutoscalerStrategy } from '../strategy/autoscaling.ts'
import { ALL, row, type KindRow } from './row.ts'

export const AUTOSCALING_ROWS: readonly KindRow[] = [
  row('HorizontalPodAutoscaler', {
    group: 'autoscaling',
    version: 'v2',
    shortNames: ['hpa'],
    categories: ALL,
    subresources: ['status'],
    strategy: horizontalPodAutoscalerStrategy,
    otherVersions: [AUTOSCALING_V1],
  }),
]
