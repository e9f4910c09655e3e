import { either as E } from 'fp-ts'
import { VPA_GROUP } from '../actors/vertical-pod-autoscaler/types.ts'
import type { ApiObject } from '../events/json.ts'
import { locate, parseManifests, type Manifest, type Problem } from '../kubernetes/manifest.ts'
import { checkManifest } from '../kubernetes/manifest-check.ts'
import type { AddonSpec } from './addon-options.ts'

/** An object that can be applied. */
export interface Applicable {
  readonly object: ApiObject
  readonly file: string
  /** Where it begins, from 1. */
  readonly line: number
  /** False for a kind that is not simulated: a reason to warn, not to stop. */
  readonly simulated: boolean
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
      simulated: manifest.row !== undefined || isAddonKind(manifest, addons),
    })),
  )
}

/** Kinds that an add-on brings with it. */
const isAddonKind = ({ apiVersion }: Manifest, addons: Pick<AddonSpec, 'verticalPodAutoscaler'> = {}): boolean =>
  addons.verticalPodAutoscaler === true && apiVersion.startsWith(`${VPA_GROUP}/`)

const problemText = ({ file, line, field, message }: Problem, name?: string): ProblemText =>
  [`${file}:${line}`, name ?? '', field, message].filter((part) => part !== '').join(': ')

const problemsOf = (manifest: Manifest): readonly ProblemText[] => {
  const { object, kind, file } = manifest
  const name = nameOf(object)
  if (name === undefined && generateNameOf(object) === undefined) {
    return [
      problemText({ file, ...locate(manifest, 'metadata.name'), field: 'metadata.name', message: 'is required' }, kind),
    ]
  }
  return checkManifest(manifest).map((problem) => problemText(problem, name === undefined ? kind : `${kind} ${name}`))
}

const metadataOf = (object: Manifest['object']): Readonly<Record<string, unknown>> => {
  const { metadata } = object
  return typeof metadata === 'object' && metadata !== null ? Object.fromEntries(Object.entries(metadata)) : {}
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const nameOf = (object: Manifest['object']): string | undefined => textIn(metadataOf(object)['name'])
const generateNameOf = (object: Manifest['object']): string | undefined => textIn(metadataOf(object)['generateName'])

/** As kubectl sends it: a namespaced object without a namespace is in `default`. */
const asObject = ({ object, row }: Manifest): ApiObject => {
  const metadata = metadataOf(object)
  const namespace = row?.namespaced === true ? { namespace: textIn(metadata['namespace']) ?? 'default' } : {}
  const whole: Readonly<Record<string, unknown>> = { ...object, metadata: { ...metadata, ...namespace } }
  // Kind, version and name were found above; the rest the API server decodes.
  return whole as Readonly<Record<string, unknown>> & ApiObject
}
