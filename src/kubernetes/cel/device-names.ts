/** What selectors of devices may name. Source: staging/src/k8s.io/dynamic-resource-allocation/cel/compile.go (v1.36). */
import type { Environment } from '@marcbachmann/cel-js'
import { compile, gives } from './compile.ts'
import { createEnvironment } from './environment.ts'
import { goType } from './type-names.ts'

const DEVICE = {
  driver: 'string',
  allowMultipleAllocations: 'bool',
  attributes: 'map<string, map<string, dyn>>',
  capacity: 'map<string, map<string, kubernetes.Quantity>>',
}

let environment: Environment | undefined

/** Why a selector is refused; undefined for a good one. */
export function deviceSelectorProblem(text: string): string | undefined {
  environment ??= createEnvironment({ isOpen: false })
    .registerType('kubernetes.DRADevice', { fields: DEVICE })
    .registerVariable('device', 'kubernetes.DRADevice')
  const compiled = compile(text, environment)
  if ('problem' in compiled) return `compilation failed: ${compiled.problem}`
  if (compiled.type === 'dyn' || gives(compiled, 'bool')) return undefined
  return `must evaluate to bool or the unknown type, not ${goType(compiled.type)}`
}
