import type { PriorityLevelConfiguration } from '../../../kubernetes/types/flowcontrol.ts'
import type { BuiltIn } from './built-in.ts'

/** The manager of what the server sets by itself. Source: pkg/registry/flowcontrol/rest/storage_flowcontrol.go. */
export const PRODUCER = 'api-priority-and-fairness-config-producer-v1'
/** Whether the server may bring it up to date. Source: api/flowcontrol/v1/types.go, AutoUpdateAnnotationKey. */
export const AUTOUPDATE = { 'apf.kubernetes.io/autoupdate-spec': 'true' }

const level = (name: string, spec: PriorityLevelConfiguration['spec']): BuiltIn => ({
  kind: 'PriorityLevelConfiguration',
  metadata: { name, generation: 1, annotations: AUTOUPDATE },
  spec,
  by: PRODUCER,
})

const queued = (name: string, shares: number, lendable: number, queues: number, handSize: number): BuiltIn =>
  level(name, {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: shares,
      limitResponse: { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } },
      lendablePercent: lendable,
    },
  })

/** Source: apiserver/pkg/apis/flowcontrol/bootstrap/default.go (v1.36). */
export const priorityLevels = (): readonly BuiltIn[] => [
  level('catch-all', {
    type: 'Limited',
    limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' }, lendablePercent: 0 },
  }),
  level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }),
  queued('global-default', 20, 50, 128, 6),
  queued('leader-election', 10, 0, 16, 4),
  queued('node-high', 40, 25, 64, 6),
  queued('system', 30, 33, 64, 6),
  queued('workload-high', 40, 50, 128, 6),
  queued('workload-low', 100, 90, 128, 6),
]
