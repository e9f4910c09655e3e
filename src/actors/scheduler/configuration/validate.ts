/**
 * What is wrong with a configuration of the right shape.
 * Source: pkg/scheduler/apis/config/validation/{validation,validation_pluginargs}.go (v1.36).
 */
import { FieldErrors } from '../../../kubernetes/validation/field-error.ts'
import {
  EXTENSION_POINTS,
  DEFAULT_SCHEDULER_NAME,
  type KubeSchedulerConfiguration,
  type KubeSchedulerProfile,
  type PluginArgs,
  type WeightedResource,
} from '../framework/configuration.ts'

export const API_VERSION = 'kubescheduler.config.k8s.io/v1'
export const KIND = 'KubeSchedulerConfiguration'

/** @param known names of all plugins that exist */
export function validateConfiguration(config: KubeSchedulerConfiguration, known: ReadonlySet<string>): FieldErrors {
  const errors = new FieldErrors()
  const { parallelism, podInitialBackoffSeconds: initial = 1, podMaxBackoffSeconds: longest = 10, profiles } = config
  const { apiVersion = API_VERSION, kind = KIND } = config
  if (apiVersion !== API_VERSION) errors.unsupported('apiVersion', apiVersion, [API_VERSION])
  if (kind !== KIND) errors.unsupported('kind', kind, [KIND])
  if (parallelism !== undefined && parallelism <= 0) {
    errors.invalid('parallelism', parallelism, 'should be an integer value greater than zero')
  }
  inRange(errors, 'percentageOfNodesToScore', config.percentageOfNodesToScore)
  if (initial <= 0) errors.invalid('podInitialBackoffSeconds', initial, 'must be greater than 0')
  if (longest < initial) {
    errors.invalid('podMaxBackoffSeconds', longest, 'must be greater than or equal to PodInitialBackoffSeconds')
  }
  // Extenders are HTTP services outside the cluster: what they would answer is not in the log.
  if ((config.extenders?.length ?? 0) > 0) errors.forbidden('extenders', 'extenders are not simulated')
  const { leaderElection } = config
  if (leaderElection?.leaderElect === false) {
    errors.forbidden('leaderElection.leaderElect', 'a scheduler without leader election is not simulated')
  }
  if ((leaderElection?.resourceNamespace ?? 'kube-system') !== 'kube-system') {
    errors.unsupported('leaderElection.resourceNamespace', leaderElection?.resourceNamespace, ['kube-system'])
  }
  if (profiles?.length === 0) errors.required('profiles')
  validateProfiles(profiles ?? [], known, errors)
  return errors
}

function validateProfiles(
  profiles: readonly KubeSchedulerProfile[],
  known: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  const names = new Set<string>()
  const [first] = profiles
  profiles.forEach((profile, i) => {
    const at = `profiles[${i}]`
    const { schedulerName = profiles.length === 1 ? DEFAULT_SCHEDULER_NAME : '' } = profile
    if (schedulerName === '') errors.required(`${at}.schedulerName`)
    else if (names.has(schedulerName)) errors.duplicate(`${at}.schedulerName`, schedulerName)
    names.add(schedulerName)
    inRange(errors, `${at}.percentageOfNodesToScore`, profile.percentageOfNodesToScore)
    validatePlugins(profile, at, known, errors)
    const sort = profile.plugins?.queueSort
    if (JSON.stringify(sort) !== JSON.stringify(first?.plugins?.queueSort)) {
      errors.invalid(`${at}.plugins.queueSort`, sort, 'has to match for all profiles')
    }
  })
}

function validatePlugins(
  { plugins, pluginConfig = [] }: KubeSchedulerProfile,
  at: string,
  known: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  for (const point of [...EXTENSION_POINTS, 'multiPoint'] as const) {
    const enabled = new Set<string>()
    plugins?.[point]?.enabled?.forEach(({ name, weight = 0 }, i) => {
      const field = `${at}.plugins.${point}.enabled[${i}]`
      if (!known.has(name)) errors.notFound(`${field}.name`, name)
      if (enabled.has(name)) errors.duplicate(`${field}.name`, name)
      if (weight < 0) errors.invalid(`${field}.weight`, weight, 'must not be negative')
      enabled.add(name)
    })
  }
  const configured = new Set<string>()
  pluginConfig.forEach(({ name, args = {} }, i) => {
    const field = `${at}.pluginConfig[${i}]`
    if (configured.has(name)) errors.duplicate(field, name)
    if (!known.has(name)) errors.notFound(`${field}.name`, name)
    configured.add(name)
    VALIDATE_ARGS[name]?.(args, `${field}.args`, errors)
  })
}

type ValidateArgs = (args: PluginArgs, at: string, errors: FieldErrors) => void

const VALIDATE_ARGS: Readonly<Record<string, ValidateArgs>> = {
  DefaultPreemption: (
    { minCandidateNodesPercentage: share = 10, minCandidateNodesAbsolute: least = 100 },
    at,
    errors,
  ) => {
    inRange(errors, `${at}.minCandidateNodesPercentage`, share)
    if (least < 0) errors.invalid(`${at}.minCandidateNodesAbsolute`, least, 'not in valid range [0, inf)')
    if (share === 0 && least === 0) {
      errors.invalid(
        `${at}.minCandidateNodesPercentage`,
        share,
        'cannot be zero at the same time as minCandidateNodesAbsolute',
      )
    }
  },
  InterPodAffinity: ({ hardPodAffinityWeight }, at, errors) =>
    inRange(errors, `${at}.hardPodAffinityWeight`, hardPodAffinityWeight),
  NodeResourcesBalancedAllocation: ({ resources = [] }, at, errors) => {
    validateResources(resources, `${at}.resources`, errors)
    resources.forEach(({ weight = 1 }, i) => {
      if (weight !== 1) errors.invalid(`${at}.resources[${i}].weight`, weight, 'must be 1')
    })
  },
  NodeResourcesFit: validateFit,
  PodTopologySpread: ({ defaultConstraints = [], defaultingType = 'System' }, at, errors) => {
    if (defaultingType === 'System' && defaultConstraints.length > 0) {
      const detail = 'when .defaultingType is System, .defaultConstraints must be empty'
      errors.invalid(`${at}.defaultingType`, defaultingType, detail)
    }
    defaultConstraints.forEach((constraint, i) => {
      const field = `${at}.defaultConstraints[${i}]`
      if (constraint.maxSkew <= 0) errors.invalid(`${field}.maxSkew`, constraint.maxSkew, 'not in valid range (0, inf)')
      if (constraint.topologyKey === '') errors.required(`${field}.topologyKey`, 'can not be empty')
      if (constraint.labelSelector !== undefined) {
        errors.forbidden(
          `${field}.labelSelector`,
          'constraint must not define a selector, as they deduced for each pod',
        )
      }
    })
  },
  VolumeBinding: ({ bindTimeoutSeconds = 600 }, at, errors) => {
    if (bindTimeoutSeconds < 0) {
      errors.invalid(
        `${at}.bindTimeoutSeconds`,
        bindTimeoutSeconds,
        'invalid BindTimeoutSeconds, should not be a negative value',
      )
    }
  },
}

function validateFit({ scoringStrategy: strategy }: PluginArgs, at: string, errors: FieldErrors): void {
  if (strategy === undefined) return
  validateResources(strategy.resources ?? [], `${at}.scoringStrategy.resources`, errors)
  if (strategy.type !== 'RequestedToCapacityRatio') return
  const field = `${at}.scoringStrategy.requestedToCapacityRatio.shape`
  const shape = strategy.requestedToCapacityRatio?.shape ?? []
  if (shape.length === 0) errors.required(field, 'at least one point must be specified')
  shape.forEach(({ utilization, score }, i) => {
    if (utilization < 0 || utilization > 100)
      errors.invalid(`${field}[${i}].utilization`, utilization, 'not in valid range [0-100]')
    if (score < 0 || score > 10) errors.invalid(`${field}[${i}].score`, score, 'not in valid range [0-10]')
    const before = shape[i - 1]
    if (before !== undefined && before.utilization >= utilization) {
      errors.invalid(`${field}[${i}].utilization`, utilization, 'utilization values must be sorted in increasing order')
    }
  })
}

function validateResources(resources: readonly WeightedResource[], at: string, errors: FieldErrors): void {
  const names = new Set<string>()
  resources.forEach(({ name, weight = 1 }, i) => {
    if (weight <= 0 || weight > 100) {
      errors.invalid(`${at}[${i}].weight`, weight, `resource weight of ${name} not in valid range (0, 100]`)
    }
    if (names.has(name)) errors.duplicate(`${at}[${i}].name`, name)
    names.add(name)
  })
}

function inRange(errors: FieldErrors, field: string, percentage: number | undefined): void {
  if (percentage !== undefined && (percentage < 0 || percentage > 100)) {
    errors.invalid(field, percentage, 'not in valid range [0-100]')
  }
}
