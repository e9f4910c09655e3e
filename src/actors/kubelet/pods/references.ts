import type { ActorContext } from '../../../engine/actor.ts'
import type { ApiClient } from '../../../engine/client/api-client.ts'
import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

/** A ConfigMap or Secret that a Pod needs, and the key in it if one is named. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  readonly key?: string
  /** Name of the volume that shows it; absent for an environment variable. */
  readonly volume?: string
}

/** The first reference that leads nowhere, and upstream's words for that. */
export type Missing = { readonly reference: Reference; readonly message: string } | undefined

/** In every namespace, and written by a controller before any Pod can need it. Abridged: taken as there. */
const ROOT_CA = 'kube-root-ca.crt'

/** What must be there before the volumes of a Pod can be mounted. */
export const volumeReferences = (pod: Pod): readonly Reference[] => {
  const found: Reference[] = []
  const note = (
    kind: Reference['kind'],
    name: string | undefined,
    optional: boolean | undefined,
    volume: string,
  ): void => {
    if (name !== undefined && optional !== true && name !== ROOT_CA) found.push({ kind, name, volume })
  }
  for (const { name, configMap, secret, projected } of pod.spec.volumes ?? []) {
    if (configMap !== undefined) note('ConfigMap', configMap.name, configMap.optional, name)
    if (secret !== undefined) note('Secret', secret.secretName, secret.optional, name)
    for (const source of projected?.sources ?? []) {
      if (source.configMap !== undefined) note('ConfigMap', source.configMap.name, source.configMap.optional, name)
      if (source.secret !== undefined) note('Secret', source.secret.name, source.secret.optional, name)
    }
  }
  return found
}

/** What must be there before a container's environment can be made. */
export const environmentReferences = (container: Container): readonly Reference[] => {
  const found: Reference[] = []
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    for (const [kind, ref] of [
      ['ConfigMap', configMapRef],
      ['Secret', secretRef],
    ] as const) {
      if (ref?.name !== undefined && ref.optional !== true) found.push({ kind, name: ref.name })
    }
  }
  for (const { valueFrom } of container.env ?? []) {
    for (const [kind, ref] of [
      ['ConfigMap', valueFrom?.configMapKeyRef],
      ['Secret', valueFrom?.secretKeyRef],
    ] as const) {
      if (ref?.name !== undefined && ref.optional !== true) found.push({ kind, name: ref.name, key: ref.key })
    }
  }
  return found
}

/** What has been found is not asked for again so soon. Upstream watches it instead. */
const FRESH: Micros = seconds(60)

/**
 * Looks up ConfigMaps and Secrets that Pods refer to. Source: pkg/kubelet/util/manager/watch_based_manager.go (v1.36).
 * Abridged: they are read when they are needed, and what was found counts for a minute.
 */
export class References {
  private readonly client: ApiClient
  private readonly context: ActorContext
  private readonly found = new Map<string, { readonly keys: ReadonlySet<string>; readonly at: Micros }>()

  constructor(client: ApiClient, context: ActorContext) {
    this.client = client
    this.context = context
  }

  /** Gives the first one that is missing; undefined if all are there. */
  check(namespace: string, references: readonly Reference[], done: (missing: Missing) => void): void {
    const [reference, ...rest] = references
    if (reference === undefined) return done(undefined)
    this.keysOf(namespace, reference, (keys) => {
      const message = problemWith(namespace, reference, keys)
      if (message === undefined) this.check(namespace, rest, done)
      else done({ reference, message })
    })
  }

  private keysOf(
    namespace: string,
    { kind, name }: Reference,
    done: (keys: ReadonlySet<string> | undefined) => void,
  ): void {
    const id = `${kind}/${namespace}/${name}`
    const known = this.found.get(id)
    if (known !== undefined && this.context.monotonic - known.at < FRESH) return done(known.keys)
    this.client.call(this.context, { verb: 'get', kind, namespace, name }, (answer) => {
      if (!answer.ok || answer.object === undefined) {
        this.found.delete(id)
        return done(undefined)
      }
      const { data } = answer.object
      const binary = 'binaryData' in answer.object ? answer.object.binaryData : undefined
      const keys = new Set([...Object.keys(data ?? {}), ...Object.keys(binary ?? {})])
      this.found.set(id, { keys, at: this.context.monotonic })
      done(keys)
    })
  }
}

/** Source: pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables; the API server's words for what is not found. */
const problemWith = (
  namespace: string,
  { kind, name, key }: Reference,
  keys: ReadonlySet<string> | undefined,
): string | undefined => {
  if (keys === undefined) return `${kind.toLowerCase()} "${name}" not found`
  if (key === undefined || keys.has(key)) return undefined
  return `couldn't find key ${key} in ${kind} ${namespace}/${name}`
}
