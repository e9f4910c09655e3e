import type { ApiObject } from '../../events/json.ts'
import { kindDefinedBy, type Definition } from '../../kubernetes/custom-resources/definition.ts'
import type { CustomKind, Kind } from '../../kubernetes/kinds.ts'
import { rowByApiVersion } from '../../kubernetes/registry.ts'

/** How the objects of a manifest are asked for. */
export interface Mapping {
  readonly kind: Kind
  readonly isCustom: boolean
  /** What is in namespaces and names none is in the one that kubectl is in. */
  readonly takesDefaultNamespace: boolean
}

/**
 * What kubectl knows of kinds: those that the API has of its own, and definitions that it applied itself. Of others it
 * guesses; the API server answers for what it does not know.
 * Abridged: kubectl asks the server which resources there are. Source: apimachinery/pkg/api/meta/restmapper.go,
 * UnsafeGuessKindToResource (v1.36).
 */
export class RestMapper {
  private readonly defined = new Map<string, Definition>()

  /** Takes note of a definition that is applied. */
  learn(object: ApiObject): void {
    const kind = kindDefinedBy(object)
    if (kind !== undefined) this.defined.set(kind, object as Definition)
  }

  mappingOf({ apiVersion, kind }: Pick<ApiObject, 'apiVersion' | 'kind'>): Mapping {
    const known = rowByApiVersion(apiVersion, kind)
    const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))
    if (known !== undefined || !group.includes('.'))
      return { kind: known?.kind ?? (kind as Kind), isCustom: false, takesDefaultNamespace: known?.namespaced === true }
    const definition = this.defined.get(`${kind}.${group}`)
    const resource = definition?.spec.names.plural ?? plural(kind.toLowerCase())
    const takesDefaultNamespace = definition?.spec.scope !== 'Cluster'
    return { kind: `${resource}.${group}` satisfies CustomKind, isCustom: true, takesDefaultNamespace }
  }
}

const plural = (singular: string): string => {
  if (singular.endsWith('s')) return `${singular}es`
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`
}
