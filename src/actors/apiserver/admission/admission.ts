import type { Micros } from '../../../events/envelope.ts'
import type { ApiObject } from '../../../events/json.ts'
import type { Random } from '../../../engine/kernel/random.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import type { Status } from '../../../kubernetes/status.ts'
import type { View } from '../../../kubernetes/view.ts'
import type { User } from '../authn.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { DeleteOptions } from '../registry/delete-options.ts'
import type { Reinvocation } from './reinvocation.ts'
import type { TakenKind } from './taken.ts'

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

/** What a plugin is asked about, the object aside. Source: apiserver/pkg/admission/attributes.go. */
export interface Attributes {
  readonly operation: Operation
  readonly kind: Kind
  /** The kind's row in the version that is asked for. The object itself is in the stored one, unless a webhook converts it. */
  readonly resource: KindRow
  readonly subresource: string
  /** What the object is where a subresource takes another kind, in no other version. */
  readonly taken: TakenKind | undefined
  readonly namespace: string | undefined
  readonly name: string
  readonly user: User
  /** What is stored; absent for a create. */
  readonly old: ApiObject | undefined
  readonly dryRun: boolean
  /** How a delete is to be done. */
  readonly deleteOptions: DeleteOptions
  /** What the answer will warn of; plugins add to it. */
  readonly warnings: Set<string>
  /** Who is asked a second time. */
  readonly reinvocation: Reinvocation
}

/** What a plugin may look at. The view is the server's own cache and may be behind. */
export interface AdmissionWorld {
  readonly view: View
  readonly authorizer: Authorizer
  readonly monotonic: Micros
  readonly random: Random
  /** Answers to what this request's plugins have asked the storage so far, by the question's key; null for "not there". */
  readonly answers: ReadonlyMap<string, ApiObject | null>
  /** Namespaces whose deletion went through this server in the last 30 s: about them the cache is not believed. */
  readonly doubtedNamespaces: ReadonlyMap<string, Micros>
}

/** A plugin does not trust the cache: it wants an object from the storage, `after` a while. It is run again with the answer. */
export interface Question {
  readonly ask: string
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly name: string
  readonly after: Micros
}

/** What a mutating plugin makes of an object: the object, changed or not, a question, or a refusal. */
export type Admitted = { readonly object: ApiObject } | { readonly question: Question } | { readonly refusal: Status }

/** What a validating plugin says; undefined is yes. */
export type Validated = { readonly question: Question } | { readonly refusal: Status } | undefined

/** One admission plugin: pure functions, asked only about what it applies to. */
export interface AdmissionPlugin {
  readonly name: string
  /** Must depend on nothing else: the chain of each (operation, kind, subresource) is put together once. */
  applies(operation: Operation, kind: Kind, subresource: string): boolean
  admit?(object: ApiObject, attributes: Attributes, world: AdmissionWorld): Admitted
  validate?(object: ApiObject, attributes: Attributes, world: AdmissionWorld): Validated
}
