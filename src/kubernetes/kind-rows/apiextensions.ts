import { customResourceDefinitionStrategy } from '../custom-resources/definition-strategy.ts'
import { row, type KindRow } from './row.ts'

export const APIEXTENSIONS_ROWS: readonly KindRow[] = [
  row('CustomResourceDefinition', {
    group: 'apiextensions.k8s.io',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    clusterScoped: true,
    subresources: ['status'],
    storagePrefix: 'apiextensions.k8s.io/customresourcedefinitions',
    strategy: customResourceDefinitionStrategy,
  }),
]
