/** Priorities, disruption, flow control, as rows. Source: pkg/printers/internalversion/printers.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { PodDisruptionBudget, PriorityClass } from '../types/scheduling.ts'
import { age } from './age.ts'
import { bySpelling, nameOf } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME } from './table.ts'

export const podDisruptionBudgets = printer<PodDisruptionBudget>(
  [NAME, column('Min Available'), column('Max Unavailable'), column('Allowed Disruptions', 'integer'), AGE],
  ({ metadata, spec, status }, now) => [
    nameOf({ metadata }),
    String(spec?.minAvailable ?? 'N/A'),
    String(spec?.maxUnavailable ?? 'N/A'),
    status?.disruptionsAllowed ?? 0,
    age({ metadata }, now),
  ],
)

export const priorityClasses = printer<PriorityClass>(
  [NAME, column('Value', 'integer'), column('Global-Default', 'boolean'), AGE, column('PreemptionPolicy')],
  (priority, now) => [
    nameOf(priority),
    priority.value ?? 0,
    priority.globalDefault ?? false,
    age(priority, now),
    priority.preemptionPolicy ?? '',
  ],
)

interface FlowSchema extends ApiObject {
  readonly spec?: {
    readonly priorityLevelConfiguration?: { readonly name?: string }
    readonly matchingPrecedence?: number
    readonly distinguisherMethod?: { readonly type?: string }
  }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

/** In the order in which they are tried. */
export const flowSchemas = printer<FlowSchema>(
  [
    NAME,
    column('PriorityLevel'),
    column('MatchingPrecedence'),
    column('DistinguisherMethod'),
    AGE,
    column('MissingPL'),
  ],
  ({ metadata, spec, status }, now) => [
    nameOf({ metadata }),
    spec?.priorityLevelConfiguration?.name ?? '',
    spec?.matchingPrecedence ?? 0,
    spec?.distinguisherMethod === undefined ? '<none>' : (spec.distinguisherMethod.type ?? ''),
    age({ metadata }, now),
    status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
  ],
  {
    order: (a, b) =>
      (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) || bySpelling(nameOf(a), nameOf(b)),
  },
)

interface PriorityLevelConfiguration extends ApiObject {
  readonly spec?: {
    readonly type?: string
    readonly limited?: {
      readonly nominalConcurrencyShares?: number
      readonly limitResponse?: {
        readonly queuing?: { readonly queues?: number; readonly handSize?: number; readonly queueLengthLimit?: number }
      }
    }
  }
}

export const priorityLevelConfigurations = printer<PriorityLevelConfiguration>(
  [
    NAME,
    column('Type'),
    column('NominalConcurrencyShares'),
    column('Queues'),
    column('HandSize'),
    column('QueueLengthLimit'),
    AGE,
  ],
  ({ metadata, spec }, now) => {
    const queuing = spec?.limited?.limitResponse?.queuing
    return [
      nameOf({ metadata }),
      spec?.type ?? '',
      spec?.limited === undefined ? '<none>' : (spec.limited.nominalConcurrencyShares ?? 0),
      ...(queuing === undefined
        ? ['<none>', '<none>', '<none>']
        : [queuing.queues ?? 0, queuing.handSize ?? 0, queuing.queueLengthLimit ?? 0]),
      age({ metadata }, now),
    ]
  },
)
