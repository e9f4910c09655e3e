import type { ApiObject } from '../../events/json.ts'
import { isCustomKind, type CustomKind, type Kind } from '../../kubernetes/kinds.ts'
import { rowByApiVersion } from '../../kubernetes/registry.ts'

/**
 * Under which kind an object is asked for. One that the API does not have of its own may be a custom one, whose resource is
 * its name in the plural; the API server answers for what it does not know.
 * Abridged: kubectl asks the server which resources there are. Source: apimachinery/pkg/api/meta/restmapper.go,
 * UnsafeGuessKindToResource (v1.36).
 */
export const kindOf = ({ apiVersion, kind }: Pick<ApiObject, 'apiVersion' | 'kind'>): Kind => {
  const known = rowByApiVersion(apiVersion, kind)
  const slash = apiVersion.indexOf('/')
  const group = apiVersion.slice(0, Math.max(0, slash))
  if (known !== undefined || !group.includes('.')) return known?.kind ?? (kind as Kind)
  return `${plural(kind.toLowerCase())}.${group}` satisfies CustomKind
}

/**
 * A custom object that names no namespace is in the one that kubectl is in. Of other kinds the API server knows.
 * Abridged: kubectl asks the server whether the resource has namespaces; here every custom one is taken to have.
 */
export const inNamespace = (object: ApiObject): ApiObject =>
  object.metadata.namespace === undefined && isCustomKind(kindOf(object))
    ? { ...object, metadata: { ...object.metadata, namespace: 'default' } }
    : object

const plural = (singular: string): string => {
  if (singular.endsWith('s')) return `${singular}es`
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`
}
