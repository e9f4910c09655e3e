/**
 * Metrics as version 1 of autoscaling writes them in annotations: the same things under other names.
 *
 * Source: api/autoscaling/v1/types.go, MetricSpec and MetricStatus; pkg/apis/autoscaling/v1/conversion.go (v1.36). Members are in
 * the order in which Go writes them.
 */
import type {
  CrossVersionObjectReference,
  MetricIdentifier,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../types/autoscaling.ts'
import type { LabelSelector, Quantity } from '../types/meta.ts'

type Prefix = 'target' | 'current'
type Source = MetricSpec | MetricStatus
type Value = MetricTarget | MetricValueStatus

/** A metric of version 1: of a spec its values begin with `target`, of a status with `current`. */
export interface MetricV1<T extends Source['type'] = MetricSpec['type']> {
  readonly type: T
  readonly object?: SourceV1
  readonly pods?: SourceV1
  readonly resource?: SourceV1
  readonly containerResource?: SourceV1
  readonly external?: SourceV1
}

interface SourceV1 {
  readonly name?: string
  readonly container?: string
  readonly metricName?: string
  readonly target?: CrossVersionObjectReference
  readonly selector?: LabelSelector
  readonly metricSelector?: LabelSelector
  readonly averageValue?: Quantity
  readonly targetValue?: Quantity
  readonly targetAverageValue?: Quantity
  readonly targetAverageUtilization?: number
  readonly currentValue?: Quantity
  readonly currentAverageValue?: Quantity
  readonly currentAverageUtilization?: number
}

const valueOf = (source: { readonly target?: MetricTarget; readonly current?: MetricValueStatus }): Partial<Value> =>
  source.target ?? source.current ?? {}

/** Absent members are left out when it becomes JSON. */
export function metricToV1(metric: Source, prefix: Prefix): MetricV1<Source['type']> {
  const { type, object, pods, resource, containerResource, external } = metric
  const resourceSource = (source: NonNullable<Source['resource']>): SourceV1 => {
    const { averageUtilization, averageValue } = valueOf(source)
    // A status has always a value.
    const amount = prefix === 'current' ? (averageValue ?? '0') : averageValue
    return {
      name: source.name,
      [`${prefix}AverageUtilization`]: averageUtilization,
      [`${prefix}AverageValue`]: amount,
    }
  }
  return {
    type,
    ...(object === undefined
      ? {}
      : {
          object: {
            target: referenceOf(object.describedObject),
            metricName: object.metric.name,
            [`${prefix}Value`]: valueOf(object).value ?? '0',
            selector: object.metric.selector,
            averageValue: valueOf(object).averageValue,
          },
        }),
    ...(pods === undefined
      ? {}
      : {
          pods: {
            metricName: pods.metric.name,
            [`${prefix}AverageValue`]: valueOf(pods).averageValue ?? '0',
            selector: pods.metric.selector,
          },
        }),
    ...(resource === undefined ? {} : { resource: resourceSource(resource) }),
    ...(containerResource === undefined
      ? {}
      : { containerResource: { ...resourceSource(containerResource), container: containerResource.container } }),
    ...(external === undefined
      ? {}
      : {
          external: {
            metricName: external.metric.name,
            metricSelector: external.metric.selector,
            [`${prefix}Value`]: prefix === 'current' ? (valueOf(external).value ?? '0') : valueOf(external).value,
            [`${prefix}AverageValue`]: valueOf(external).averageValue,
          },
        }),
  }
}

const referenceOf = ({ kind, name, apiVersion }: CrossVersionObjectReference): CrossVersionObjectReference => ({
  kind,
  name,
  ...(apiVersion === undefined ? {} : { apiVersion }),
})

/** A target's type follows from which of its values is there. */
export function targetFromV1({ type, ...sources }: MetricV1): MetricSpec {
  const { object, pods, resource, containerResource, external } = sources
  const { averageValue } = object ?? {}
  return {
    type,
    ...(object === undefined
      ? {}
      : {
          object: {
            describedObject: object.target ?? { kind: '', name: '' },
            metric: identifierOf(object.metricName, object.selector),
            target:
              averageValue === undefined
                ? { type: 'Value', value: object.targetValue ?? '0' }
                : { type: 'AverageValue', averageValue },
          },
        }),
    ...(pods === undefined
      ? {}
      : {
          pods: {
            metric: identifierOf(pods.metricName, pods.selector),
            target: { type: 'AverageValue', averageValue: pods.targetAverageValue ?? '0' },
          },
        }),
    ...(resource === undefined ? {} : { resource: { name: resource.name ?? '', target: resourceTarget(resource) } }),
    ...(containerResource === undefined
      ? {}
      : {
          containerResource: {
            name: containerResource.name ?? '',
            container: containerResource.container ?? '',
            target: resourceTarget(containerResource),
          },
        }),
    ...(external === undefined
      ? {}
      : {
          external: {
            metric: identifierOf(external.metricName, external.metricSelector),
            target:
              external.targetValue === undefined
                ? { type: 'AverageValue', ...present('averageValue', external.targetAverageValue) }
                : {
                    type: 'Value',
                    value: external.targetValue,
                    ...present('averageValue', external.targetAverageValue),
                  },
          },
        }),
  }
}

function resourceTarget({ targetAverageUtilization, targetAverageValue }: SourceV1): MetricTarget {
  return {
    type: targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization',
    ...present('averageUtilization', targetAverageUtilization),
    ...present('averageValue', targetAverageValue),
  }
}

export function currentFromV1({ type, ...sources }: MetricV1<MetricStatus['type']>): MetricStatus {
  const { object, pods, resource, containerResource, external } = sources
  const resourceCurrent = (source: SourceV1): MetricValueStatus => ({
    ...present('averageUtilization', source.currentAverageUtilization),
    averageValue: source.currentAverageValue ?? '0',
  })
  return {
    type,
    ...(object === undefined
      ? {}
      : {
          object: {
            metric: identifierOf(object.metricName, object.selector),
            current: { value: object.currentValue ?? '0', ...present('averageValue', object.averageValue) },
            describedObject: object.target ?? { kind: '', name: '' },
          },
        }),
    ...(pods === undefined
      ? {}
      : {
          pods: {
            metric: identifierOf(pods.metricName, pods.selector),
            current: { averageValue: pods.currentAverageValue ?? '0' },
          },
        }),
    ...(resource === undefined ? {} : { resource: { name: resource.name ?? '', current: resourceCurrent(resource) } }),
    ...(containerResource === undefined
      ? {}
      : {
          containerResource: {
            name: containerResource.name ?? '',
            current: resourceCurrent(containerResource),
            container: containerResource.container ?? '',
          },
        }),
    ...(external === undefined
      ? {}
      : {
          external: {
            metric: identifierOf(external.metricName, external.metricSelector),
            current: {
              value: external.currentValue ?? '0',
              ...present('averageValue', external.currentAverageValue),
            },
          },
        }),
  }
}

const identifierOf = (name = '', selector: LabelSelector | undefined): MetricIdentifier => ({
  name,
  ...(selector === undefined ? {} : { selector }),
})

const present = <K extends string, V>(name: K, value: V | undefined): { readonly [N in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [N in K]: V })
