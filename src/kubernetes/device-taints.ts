import type { DeviceTaint, DeviceToleration } from './types/resource.ts'

/** Source: dynamic-resource-allocation/resourceclaim/devicetoleration.go, ToleratesTaint (v1.36). */
export const toleratesDeviceTaint = ({ key, operator, value, effect }: DeviceToleration, taint: DeviceTaint): boolean =>
  (effect === undefined || effect === taint.effect) &&
  (key === undefined || key === '' || key === taint.key) &&
  (operator === 'Exists' || (value ?? '') === (taint.value ?? ''))
