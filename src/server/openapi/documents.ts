/**
 * The OpenAPI documents, without sentences: made from the schema table and from what discovery tells.
 * Source: apiserver/pkg/server/routes/openapi.go, kube-openapi/pkg/builder3 (v1.36's).
 */
import { definitionOfKind } from '../../kubernetes/schema/reader.ts'
import type { VersionFact } from '../discovery/facts.ts'
import type { ServedApi } from '../discovery/served-api.ts'
import { customSchemas } from './custom-schemas.ts'
import { discovered, groupWord, operationsOf, pathOf, type Operation, type Paths } from './operations.ts'
import { PathWriter } from './paths.ts'
import { schemasFrom, upper, type OpenApiVersion, type Schema } from './schemas.ts'

const INFO = { title: 'Kubernetes', version: '1.36' }
const SECURITY = { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } }

/** What the API serves beside resources, by the path of its document. */
const ROOTS: ReadonlyMap<string, Operation> = new Map([
  ['.well-known/openid-configuration', textual('WellKnown', 'getServiceAccountIssuerOpenIDConfiguration', 'json')],
  ['api', discovered('core', 'getCoreAPIVersions', 'meta/v1.APIVersions')],
  ['apis', discovered('apis', 'getAPIVersions', 'meta/v1.APIGroupList')],
  ['openid/v1/jwks', textual('openid', 'getServiceAccountIssuerOpenIDKeyset', 'jwk-set+json')],
  [
    'version',
    {
      ...discovered('version', 'getCodeVersion', 'pkg/version.Info'),
      consumes: ['application/json'],
      produces: ['application/json'],
    },
  ],
])

function textual(tag: string, id: string, type: string): Operation {
  return { ...discovered(tag, id, ''), answer: undefined, consumes: [], produces: [`application/${type}`] }
}

/** Groups that definitions alone serve have no document of their own. */
const groupsOf = (api: ServedApi): readonly string[] => [...api.groups.keys()].filter((group) => api.isBuiltIn(group))

const groupOperation = (group: string): Operation =>
  discovered(groupWord(group), `get${upper(groupWord(group))}APIGroup`, 'meta/v1.APIGroup')

/** Of what other servers serve no structures are known. */
const versionsOf = (api: ServedApi): readonly VersionFact[] =>
  api.versions.filter(({ group, version, resources }) =>
    resources.some(({ kind, custom }) => custom !== undefined || definitionOfKind(group, version, kind) !== undefined),
  )

/** One document for each version of each group, each group and each path beside, by its path below `/openapi/v3/`. */
export const documentPaths = (api: ServedApi): readonly string[] =>
  [...ROOTS.keys(), ...groupsOf(api).map((group) => `apis/${group}`), ...versionsOf(api).map(pathOf)].toSorted()

const alone = (path: string, operation: Operation): Paths => new Map([[`/${path}/`, [operation]]])

export const documentV3 = (api: ServedApi, path: string): unknown => {
  const version = api.versions.find((one) => pathOf(one) === path)
  const root = ROOTS.get(path)
  const paths =
    version !== undefined
      ? operationsOf(version)
      : alone(path, root ?? groupOperation(path.slice(path.lastIndexOf('/') + 1)))
  const schemas = schemasOf(api, version === undefined ? [] : [version], paths, version, 3)
  return {
    openapi: '3.0.0',
    info: INFO,
    paths: new PathWriter(3).paths(paths),
    components: {
      ...(Object.keys(schemas).length > 0 ? { schemas } : {}),
      securitySchemes: SECURITY,
    },
  }
}

export const documentV2 = (api: ServedApi): unknown => {
  const paths: Paths = new Map([
    ...[...ROOTS].flatMap(([path, operation]) => [...alone(path, operation)]),
    ...groupsOf(api).flatMap((group) => [...alone(`apis/${group}`, groupOperation(group))]),
    ...versionsOf(api).flatMap((version) => [...operationsOf(version)]),
  ])
  const writer = new PathWriter(2)
  return {
    swagger: '2.0',
    info: INFO,
    paths: writer.paths(paths),
    definitions: schemasOf(api, versionsOf(api), paths, undefined, 2),
    parameters: writer.sharedParameters,
    securityDefinitions: SECURITY,
    security: [{ BearerToken: [] }],
  }
}

const schemasOf = (
  api: ServedApi,
  versions: readonly VersionFact[],
  paths: Paths,
  own: VersionFact | undefined,
  version: OpenApiVersion,
): Readonly<Record<string, Schema>> => {
  const roots = new Set<string>()
  for (const { body, answer } of [...paths.values()].flat()) {
    if (body !== undefined) roots.add(body.schema)
    if (answer !== undefined) roots.add(answer)
  }
  const custom = Object.assign({}, ...versions.map((one) => customSchemas(api, one, version))) as Record<string, Schema>
  // What defined kinds lead to.
  if (Object.keys(custom).length > 0) roots.add('meta/v1.ObjectMeta').add('meta/v1.ListMeta')
  return { ...schemasFrom(roots, own, version), ...custom }
}
