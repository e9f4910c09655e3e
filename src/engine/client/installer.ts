import { hours } from '../../events/time.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import { defineController, type Controller } from './controller.ts'
import { call, type Sync } from './sync.ts'

const INSTALL = 'install'

/** An object as a file holds it. */
export interface Manifest {
  readonly kind: Kind
  readonly object: { readonly metadata: { readonly name: string } }
}

export interface InstallerDefinition {
  readonly name: string
  readonly account?: string
  /** What its informers watch. */
  readonly kinds: readonly Kind[]
  /** What is made, in order; of the cluster, not of a namespace. */
  readonly manifests: readonly Manifest[]
}

/** Makes once what the manifests of a program hold. Whoever deletes it wanted that. */
export const defineInstaller = ({ manifests, ...own }: InstallerDefinition): Controller =>
  defineController({
    ...own,
    workers: 1,
    memory: () => ({ isDone: false }),
    wakes: () => [],
    ticks: [{ name: INSTALL, every: hours(24), run: ({ memory }) => (memory.isDone ? [] : [INSTALL]) }],

    *reconcile(_key, { memory }): Sync {
      for (const { kind, object } of manifests) {
        const answer = yield* call({ verb: 'create', kind, name: object.metadata.name, body: object })
        if (!answer.ok && answer.reason !== 'AlreadyExists') return { retry: answer.message }
      }
      memory.isDone = true
    },
  })
