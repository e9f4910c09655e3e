/** What of a CustomResourceDefinition makes its objects served. Source: apiextensions/v1/types.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { CustomColumn } from '../printing/custom.ts'
import type { WebhookClientConfig } from '../types/admissionregistration.ts'
import type { Condition } from '../types/meta.ts'
import type { Schema } from './schema.ts'

export interface DefinedNames {
  readonly plural: string
  readonly singular?: string
  readonly shortNames?: readonly string[]
  readonly kind: string
  readonly listKind?: string
  readonly categories?: readonly string[]
}

export interface DefinedVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly schema?: { readonly openAPIV3Schema?: Schema }
  readonly subresources?: {
    readonly status?: object
    readonly scale?: {
      readonly specReplicasPath: string
      readonly statusReplicasPath: string
      readonly labelSelectorPath?: string
    }
  }
  readonly selectableFields?: readonly { readonly jsonPath: string }[]
  readonly additionalPrinterColumns?: readonly CustomColumn[]
}

export interface Conversion {
  readonly strategy?: string
  readonly webhook?: {
    readonly clientConfig?: WebhookClientConfig
    readonly conversionReviewVersions?: readonly string[]
  }
}

export interface Definition extends ApiObject {
  readonly spec: {
    readonly group: string
    readonly names: DefinedNames
    readonly scope: 'Cluster' | 'Namespaced'
    readonly versions: readonly DefinedVersion[]
    readonly preserveUnknownFields?: boolean
    readonly conversion?: Conversion
  }
  readonly status?: DefinitionStatus
}

export interface DefinitionStatus {
  readonly conditions?: readonly Condition[]
  readonly acceptedNames?: DefinedNames
  readonly storedVersions?: readonly string[]
}

export const hasCondition = ({ status }: Definition, type: string): boolean =>
  (status?.conditions ?? []).some((one) => one.type === type && one.status === 'True')

/** The finalizer with which a definition waits for its objects to go. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io'

/**
 * Whether its objects are served: a definition that was established goes on being so, whatever becomes of its names.
 * Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, ServeHTTP.
 */
export const isServing = (definition: Definition): boolean =>
  hasCondition(definition, 'Established') && hasCondition(definition, 'NamesAccepted')

/** The kind that an object defines, as nobody has checked it yet: `Website.example.com`; undefined when it defines none. */
export const kindDefinedBy = (object: ApiObject): string | undefined => {
  if (object.kind !== 'CustomResourceDefinition') return undefined
  const { group, names } = (object as Partial<Pick<Definition, 'spec'>>).spec ?? {}
  return group === undefined || names?.kind === undefined ? undefined : `${names.kind}.${group}`
}
