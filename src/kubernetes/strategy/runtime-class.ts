/** RuntimeClasses. Source: pkg/registry/node/runtimeclass/strategy.go (v1.36). */
import type { RuntimeClass } from '../types/node.ts'
import { validateRuntimeClass, validateRuntimeClassUpdate } from '../validation/runtime-class.ts'
import { defineStrategy } from './strategy.ts'

export const runtimeClassStrategy = defineStrategy<RuntimeClass>({
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  check: validateRuntimeClass,
  checkUpdate: validateRuntimeClassUpdate,
})
