/** What makes Pods, as rows. Source: pkg/printers/internalversion/printers.go (v1.36). */
import type { Micros } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import { formatSelector } from '../selectors.ts'
import type { LabelSelector } from '../types/meta.ts'
import type {
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  Job,
  JobCondition,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../types/workloads.ts'
import { age, ageOf, humanDuration, timeOf } from './age.ts'
import { containerImages, containerNames, labelsText, nameOf } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME, wide, type Cell } from './table.ts'

const TEMPLATE = [wide('Containers'), wide('Images')]
const TEMPLATE_AND_SELECTOR = [...TEMPLATE, wide('Selector')]
const REPLICAS = [column('Desired', 'integer'), column('Current', 'integer'), column('Ready', 'integer')]

/** Validation has seen to it that a selector's operators are what they should be. */
const selectorText = (selector: Draft<LabelSelector> | undefined): string => formatSelector(selector as LabelSelector)

export const deployments = printer<Deployment>(
  [NAME, column('Ready'), column('Up-to-date'), column('Available'), AGE, ...TEMPLATE_AND_SELECTOR],
  ({ metadata, spec, status }, now) => [
    nameOf({ metadata }),
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    status?.updatedReplicas ?? 0,
    status?.availableReplicas ?? 0,
    age({ metadata }, now),
    containerNames(spec?.template?.spec?.containers),
    containerImages(spec?.template?.spec?.containers),
    // Alone among the kinds: the empty selector is the empty text here.
    selectorText(spec?.selector).replace('<none>', ''),
  ],
)

/** What both have; their selectors differ in form. */
const replicaRow = (
  { metadata, spec, status }: Draft<ReplicaSet> | Draft<ReplicationController>,
  selector: string,
  now: Micros,
): readonly Cell[] => [
  nameOf({ metadata }),
  spec?.replicas ?? 0,
  status?.replicas ?? 0,
  status?.readyReplicas ?? 0,
  age({ metadata }, now),
  containerNames(spec?.template?.spec?.containers),
  containerImages(spec?.template?.spec?.containers),
  selector,
]

export const replicaSets = printer<ReplicaSet>([NAME, ...REPLICAS, AGE, ...TEMPLATE_AND_SELECTOR], (replicaSet, now) =>
  replicaRow(replicaSet, selectorText(replicaSet.spec?.selector), now),
)

export const replicationControllers = printer<ReplicationController>(
  [NAME, ...REPLICAS, AGE, ...TEMPLATE_AND_SELECTOR],
  (controller, now) => replicaRow(controller, labelsText(controller.spec?.selector), now),
)

export const statefulSets = printer<StatefulSet>(
  [NAME, column('Ready'), AGE, ...TEMPLATE],
  ({ metadata, spec, status }, now) => [
    nameOf({ metadata }),
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    age({ metadata }, now),
    containerNames(spec?.template?.spec?.containers),
    containerImages(spec?.template?.spec?.containers),
  ],
)

export const daemonSets = printer<DaemonSet>(
  [
    NAME,
    ...REPLICAS,
    column('Up-to-date', 'integer'),
    column('Available', 'integer'),
    column('Node Selector'),
    AGE,
    ...TEMPLATE_AND_SELECTOR,
  ],
  ({ metadata, spec, status }, now) => [
    nameOf({ metadata }),
    status?.desiredNumberScheduled ?? 0,
    status?.currentNumberScheduled ?? 0,
    status?.numberReady ?? 0,
    status?.updatedNumberScheduled ?? 0,
    status?.numberAvailable ?? 0,
    labelsText(spec?.template?.spec?.nodeSelector),
    age({ metadata }, now),
    containerNames(spec?.template?.spec?.containers),
    containerImages(spec?.template?.spec?.containers),
    selectorText(spec?.selector),
  ],
)

export const jobs = printer<Job>(
  [NAME, column('Status'), column('Completions'), column('Duration'), AGE, ...TEMPLATE_AND_SELECTOR],
  (job, now) => [
    nameOf(job),
    jobStatus(job),
    completions(job),
    jobDuration(job, now),
    age(job, now),
    containerNames(job.spec?.template?.spec?.containers),
    containerImages(job.spec?.template?.spec?.containers),
    selectorText(job.spec?.selector),
  ],
)

function jobStatus({ metadata, status }: Draft<Job>): string {
  const conditions = status?.conditions ?? []
  if (holds(conditions, 'Complete')) return 'Complete'
  if (holds(conditions, 'Failed')) return 'Failed'
  if (metadata?.deletionTimestamp !== undefined) return 'Terminating'
  if (holds(conditions, 'Suspended')) return 'Suspended'
  return holds(conditions, 'FailureTarget') ? 'FailureTarget' : 'Running'
}

const holds = (conditions: readonly Draft<JobCondition>[], type: string): boolean =>
  conditions.find((condition) => condition.type === type)?.status === 'True'

/** Without a number of completions one success is enough, however many Pods try. */
function completions({ spec, status }: Draft<Job>): string {
  const succeeded = status?.succeeded ?? 0
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`
  const parallelism = spec?.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function jobDuration({ status }: Draft<Job>, now: Micros): string {
  const start = timeOf(status?.startTime)
  return start === undefined ? '' : humanDuration((timeOf(status?.completionTime) ?? now) - start)
}

export const cronJobs = printer<CronJob>(
  [
    NAME,
    column('Schedule'),
    column('Timezone'),
    column('Suspend', 'boolean'),
    column('Active', 'integer'),
    column('Last Schedule'),
    AGE,
    ...TEMPLATE_AND_SELECTOR,
  ],
  ({ metadata, spec, status }, now) => {
    const job = spec?.jobTemplate?.spec
    return [
      nameOf({ metadata }),
      spec?.schedule ?? '',
      spec?.timeZone ?? '<none>',
      spec?.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
      status?.active?.length ?? 0,
      status?.lastScheduleTime === undefined ? '<none>' : ageOf(status.lastScheduleTime, now),
      age({ metadata }, now),
      containerNames(job?.template?.spec?.containers),
      containerImages(job?.template?.spec?.containers),
      selectorText(job?.selector),
    ]
  },
)

export const controllerRevisions = printer<ControllerRevision>(
  [NAME, column('Controller'), column('Revision'), AGE],
  ({ metadata, revision }, now) => {
    const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true)
    return [
      nameOf({ metadata }),
      owner === undefined ? '<none>' : `${groupKind(owner)}/${owner.name ?? ''}`,
      revision ?? 0,
      age({ metadata }, now),
    ]
  },
)

/** `statefulset.apps`. */
function groupKind({ apiVersion = '', kind = '' }: { readonly apiVersion?: string; readonly kind?: string }): string {
  const slash = apiVersion.indexOf('/')
  return (slash < 0 ? kind : `${kind}.${apiVersion.slice(0, slash)}`).toLowerCase()
}

interface Scale extends ApiObject {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number }
}

/** The answer of the subresource `scale`. */
export const scales = printer<Scale>(
  // Upstream makes these columns of the type's documentation alone, so its names have no format.
  [column('Name', 'string'), column('Desired', 'integer'), column('Available', 'integer'), AGE],
  ({ metadata, spec, status }, now) => [
    nameOf({ metadata }),
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    age({ metadata }, now),
  ],
)
