/** Configuration, identities, namespaces, quotas as rows. Source: pkg/printers/internalversion/printers.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { ConfigMap, Namespace, ResourceQuota, Secret } from '../types/core.ts'
import { age } from './age.ts'
import { bySpelling, countOf, nameOf, quantityText } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME } from './table.ts'

/** For kinds whose objects have nothing worth a column. */
export const namesAndAges = printer([NAME, AGE], (object, now) => [nameOf(object), age(object, now)])

/** For kinds that nobody wrote a printer for. Source: apiserver/pkg/registry/rest/table.go, defaultTableConvertor. */
export const anyKind = printer([NAME, column('Created At', 'date')], (object) => [
  nameOf(object),
  object.metadata?.creationTimestamp ?? '0001-01-01T00:00:00Z',
])

export const configMaps = printer<ConfigMap>([NAME, column('Data'), AGE], ({ metadata, data, binaryData }, now) => [
  nameOf({ metadata }),
  countOf(data) + countOf(binaryData),
  age({ metadata }, now),
])

export const secrets = printer<Secret>([NAME, column('Type'), column('Data'), AGE], ({ metadata, type, data }, now) => [
  nameOf({ metadata }),
  type ?? '',
  countOf(data),
  age({ metadata }, now),
])

export const namespaces = printer<Namespace>([NAME, column('Status'), AGE], (namespace, now) => [
  nameOf(namespace),
  namespace.status?.phase ?? '',
  age(namespace, now),
])

export const resourceQuotas = printer<ResourceQuota>(
  [NAME, column('Request'), column('Limit'), AGE],
  ({ metadata, status }, now) => {
    const { hard = {}, used = {} } = status ?? {}
    const resources = Object.keys(hard).sort(bySpelling)
    const amounts = (chosen: readonly string[]): string =>
      chosen
        .map((resource) => `${resource}: ${quantityText(used[resource])}/${quantityText(hard[resource])}`)
        .join(', ')
    return [
      nameOf({ metadata }),
      amounts(resources.filter((resource) => !isLimit(resource))),
      amounts(resources.filter(isLimit)),
      age({ metadata }, now),
    ]
  },
)

const isLimit = (resource: string): boolean => resource.startsWith('limits.')

interface ComponentStatus extends ApiObject {
  readonly conditions?: readonly {
    readonly type: string
    readonly status: string
    readonly message?: string
    readonly error?: string
  }[]
}

export const componentStatuses = printer<ComponentStatus>(
  [NAME, column('Status'), column('Message'), column('Error')],
  ({ metadata, conditions = [] }) => {
    const health = conditions.find(({ type }) => type === 'Healthy')
    const status = health === undefined ? 'Unknown' : health.status === 'True' ? 'Healthy' : 'Unhealthy'
    return [nameOf({ metadata }), status, health?.message ?? '', health?.error ?? '']
  },
)
