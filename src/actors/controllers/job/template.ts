import type { ApiCall } from '../../../engine/client/api-client.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod, PodTemplateSpec } from '../../../kubernetes/types/pod.ts'
import type { Job } from '../../../kubernetes/types/workloads.ts'
import { createPodCall } from '../shared/pod-control.ts'
import { COMPLETION_INDEX } from './indexes.ts'
import { failureAnnotations, hasLimitPerIndex } from './per-index.ts'
import { TRACKING } from './pods.ts'

/** Source: pkg/controller/job/indexed_job_utils.go, completionIndexEnvName. */
const INDEX_VARIABLE = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } },
}

/** The longest name to which five letters can be added. Source: apiserver/pkg/storage/names/generate.go. */
const NAME_MAX = 58

/**
 * The call that creates a Job's next Pod, of an index where it has one. `replaced`: the failed Pod that had the index before.
 * Source: pkg/controller/job/job_controller.go, manageJob; indexed_job_utils.go (v1.36).
 */
export const createCall = (job: Job, index: number | undefined, replaced: Pod | undefined): ApiCall<'Pod'> => {
  const { template } = job.spec
  const finalizers = [...new Set([...(template.metadata?.finalizers ?? []), TRACKING])]
  const tracked: PodTemplateSpec = { ...template, metadata: { ...template.metadata, finalizers } }
  if (index === undefined) return createPodCall(job, tracked)
  const { metadata, spec } = tracked
  const indexed: PodTemplateSpec = {
    metadata: {
      ...metadata,
      labels: { ...metadata?.labels, [COMPLETION_INDEX]: String(index) },
      annotations: {
        ...metadata?.annotations,
        [COMPLETION_INDEX]: String(index),
        ...(hasLimitPerIndex(job) ? failureAnnotations(job, replaced) : {}),
      },
    },
    spec: {
      ...spec,
      containers: spec.containers.map(withIndex),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withIndex) }),
      hostname: `${job.metadata.name}-${index}`,
    },
  }
  const suffix = `-${index}-`
  return createPodCall(job, indexed, job.metadata.name.slice(0, NAME_MAX - suffix.length) + suffix)
}

const withIndex = (container: Container): Container =>
  container.env?.some(({ name }) => name === INDEX_VARIABLE.name) === true
    ? container
    : { ...container, env: [...(container.env ?? []), INDEX_VARIABLE] }
