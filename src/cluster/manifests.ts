import { either as E } from 'fp-ts'
import { VPA_GROUP } from '../actors/vertical-pod-autoscaler/types.ts'
import type { ApiObject } from '../events/json.ts'
import { kindDefinedBy } from '../kubernetes/custom-resources/definition.ts'
import { locate, parseManifests, type Manifest, type Problem } from '../kubernetes/manifest.ts'
import { checkManifest } from '../kubernetes/manifest-check.ts'
import type { AddonSpec } from './addon-options.ts'

/** An object that can be applied. */
export interface Applicable {
  readonly object: ApiObject
  readonly file: string
  /** Where it begins, from 1. */
  readonly line: number
  /** Whether every cluster serves the kind. If not, it needs a definition: see `dividedByKinds`. */
  readonly isBuiltIn: boolean
}

/** `web.yaml:12: Deployment web: spec.replicas: expected integer, found string`. */
export type ProblemText = string

/**
 * Reads manifests and checks them as the API server will: structure, then defaults and validation. Every problem is told
 * with file, line and field; nothing is left out.
 */
export const readManifests = (
  text: string,
  file: string,
  addons?: Pick<AddonSpec, 'verticalPodAutoscaler'>,
): E.Either<readonly ProblemText[], readonly Applicable[]> => {
  const parsed = parseManifests(text, file)
  if (E.isLeft(parsed)) return E.left(parsed.left.map((problem) => problemText(problem)))
  const problems = parsed.right.flatMap(problemsOf)
  if (problems.length > 0) return E.left(problems)
  return E.right(
    parsed.right.map((manifest) => ({
      object: asObject(manifest),
      file: manifest.file,
      line: manifest.line,
      isBuiltIn: manifest.row !== undefined || isAddonKind(manifest, addons),
    })),
  )
}

/** Objects that a cluster takes, and those whose kind nothing defines. */
export interface Divided {
  readonly served: readonly ApiObject[]
  /** `crd.yaml:12: no matches for kind "Website" in version "example.com/v1"`. Source: apimachinery/pkg/api/meta/errors.go. */
  readonly unserved: readonly ProblemText[]
}

/** Kinds are built in, defined among the manifests themselves, or by what the cluster has already. */
export const dividedByKinds = (manifests: readonly Applicable[], present: readonly ApiObject[] = []): Divided => {
  const defined = new Set([...present, ...manifests.map(({ object }) => object)].map(kindDefinedBy))
  const isServed = ({ object, isBuiltIn }: Applicable): boolean =>
    isBuiltIn || defined.has(`${object.kind}.${groupOf(object)}`)
  return {
    served: manifests.filter(isServed).map(({ object }) => object),
    unserved: manifests
      .filter((manifest) => !isServed(manifest))
      .map(({ object: { apiVersion, kind }, file, line }) =>
        problemText({
          file,
          line,
          column: 1,
          field: '',
          message: `no matches for kind "${kind}" in version "${apiVersion}"`,
        }),
      ),
  }
}

const groupOf = ({ apiVersion }: ApiObject): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))

/** Kinds that an add-on brings with it. */
const isAddonKind = ({ apiVersion }: Manifest, addons: Pick<AddonSpec, 'verticalPodAutoscaler'> = {}): boolean =>
  addons.verticalPodAutoscaler === true && apiVersion.startsWith(`${VPA_GROUP}/`)

const problemText = ({ file, line, field, message }: Problem, name?: string): ProblemText =>
  [`${file}:${line}`, name ?? '', field, message].filter((part) => part !== '').join(': ')

const problemsOf = (manifest: Manifest): readonly ProblemText[] => {
  const { object, kind, file } = manifest
  const name = nameOf(object)
  if (isNameless(object)) {
    return [
      problemText({ file, ...locate(manifest, 'metadata.name'), field: 'metadata.name', message: 'is required' }, kind),
    ]
  }
  return checkManifest(manifest)
    .toSorted((a, b) => a.line - b.line)
    .map((problem) => problemText(hinted(problem), name === undefined ? kind : `${kind} ${name}`))
}

/** Without a name and without a prefix for one; a name that is no text is told of as any field is. */
const isNameless = (object: Manifest['object']): boolean =>
  [metadataOf(object)['name'], metadataOf(object)['generateName']].every((name) => (name ?? '') === '')

/** What people write without quotes and read as a text. Source: YAML 1.1, type bool. */
const hinted = (problem: Problem): Problem =>
  problem.message === 'expected string, found boolean'
    ? { ...problem, message: `${problem.message}: YAML reads y, yes, on, true and their opposites so, unless quoted` }
    : problem

const metadataOf = (object: Manifest['object']): Readonly<Record<string, unknown>> => {
  const { metadata } = object
  return typeof metadata === 'object' && metadata !== null ? Object.fromEntries(Object.entries(metadata)) : {}
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const nameOf = (object: Manifest['object']): string | undefined => textIn(metadataOf(object)['name'])

/** As kubectl sends it: a namespaced object without a namespace is in `default`. */
const asObject = ({ object, row }: Manifest): ApiObject => {
  const metadata = metadataOf(object)
  const namespace = row?.namespaced === true ? { namespace: textIn(metadata['namespace']) ?? 'default' } : {}
  const whole: Readonly<Record<string, unknown>> = { ...object, metadata: { ...metadata, ...namespace } }
  // Kind, version and name were found above; the rest the API server decodes.
  return whole as Readonly<Record<string, unknown>> & ApiObject
}
