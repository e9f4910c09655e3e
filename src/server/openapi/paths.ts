/** Operations as OpenAPI writes them, in version 2 or 3. Source: kube-openapi/pkg/builder and builder3 (v1.36's). */
import { createHash } from 'node:crypto'
import type { Operation, Paths } from './operations.ts'
import { sorted, type Parameter } from './parameters.ts'
import { reference, type OpenApiVersion, type Schema } from './schemas.ts'

const TEXT: Schema = { type: 'string' }

/** Writes the paths of one document, or of the one document of version 2. */
export class PathWriter {
  private readonly version: OpenApiVersion
  private readonly written = new Map<Parameter, Schema>()
  /** Parameters that operations of version 2 refer to, by the name that they have there. */
  private readonly shared = new Map<string, Schema>()
  private readonly bodies = new Map<string, Schema>()

  constructor(version: OpenApiVersion) {
    this.version = version
  }

  paths(paths: Paths): Readonly<Record<string, Schema>> {
    const written = [...paths].map(([path, operations]): [string, Schema] => [path, this.item(operations)])
    return Object.fromEntries(written.toSorted(byName))
  }

  get sharedParameters(): Readonly<Record<string, Schema>> {
    return Object.fromEntries([...this.shared].toSorted(byName))
  }

  /** What all operations of a path take stands beside them. */
  private item(operations: readonly Operation[]): Schema {
    const [first, ...rest] = operations
    const common = new Set(first?.parameters.filter((one) => rest.every(({ parameters }) => parameters.includes(one))))
    const members: Record<string, unknown> = {}
    for (const operation of operations) {
      const own = sorted(operation.parameters.filter((one) => !common.has(one))).map((one) => this.parameter(one))
      members[operation.method] = this.version === 3 ? operationV3(operation, own) : this.operationV2(operation, own)
    }
    if (common.size > 0) members['parameters'] = sorted([...common]).map((one) => this.parameter(one))
    return members
  }

  private parameter(one: Parameter): Schema {
    const known = this.written.get(one)
    if (known !== undefined) return known
    const own = this.version === 3 ? inVersion3(one) : inVersion2(one)
    const written = this.version === 3 || NEVER_SHARED.has(one.name) ? own : this.share(one.name, own)
    this.written.set(one, written)
    return written
  }

  private share(name: string, written: Schema): Schema {
    const digest = createHash('sha224').update(JSON.stringify(written)).digest().subarray(0, 6)
    const key = `${name}-${digest.toString('base64url')}`
    this.shared.set(key, written)
    return { $ref: `#/parameters/${key}` }
  }

  private operationV2(operation: Operation, own: readonly Schema[]): Schema {
    const { consumes, produces, body, answer, codes } = operation
    const schema = answer === undefined ? TEXT : reference(answer, 2)
    const parameters = body === undefined ? own : [this.bodyV2(body), ...own]
    return {
      ...told(operation),
      ...(consumes.length > 0 ? { consumes } : {}),
      produces,
      schemes: ['https'],
      ...(parameters.length > 0 ? { parameters } : {}),
      responses: {
        ...Object.fromEntries(codes.map((code) => [code, { description: WORDS[code], schema }])),
        ...UNAUTHORIZED,
      },
    }
  }

  private bodyV2({ schema, required }: NonNullable<Operation['body']>): Schema {
    const known = this.bodies.get(schema)
    if (known !== undefined) return known
    const own = { name: 'body', in: 'body', ...(required ? { required } : {}), schema: reference(schema, 2) }
    const written = SHARED_BODIES.has(schema) ? this.share('body', own) : own
    this.bodies.set(schema, written)
    return written
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

const inVersion3 = ({ name, type, in: place }: Parameter): Schema => ({
  name,
  in: place,
  ...(place === 'path' ? { required: true } : {}),
  schema: { type, uniqueItems: true },
})

const inVersion2 = ({ name, type, in: place }: Parameter): Schema => ({
  uniqueItems: true,
  type,
  name,
  in: place,
  ...(place === 'path' ? { required: true } : {}),
})

/** kubectl before v1.27 looks for the last two in their place. Source: kube-openapi/pkg/builder/parameters.go. */
const NEVER_SHARED: ReadonlySet<string> = new Set(['name', 'dryRun', 'fieldValidation'])
/** Bodies that many operations take. */
const SHARED_BODIES: ReadonlySet<string> = new Set(['meta/v1.DeleteOptions', 'meta/v1.Patch'])

const told = ({ tag, id, action, kind }: Operation): Schema => ({
  tags: [tag],
  operationId: id,
  ...(action === undefined ? {} : { 'x-kubernetes-action': action }),
  ...(kind === undefined ? {} : { 'x-kubernetes-group-version-kind': kind }),
})

const WORDS: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' }
const UNAUTHORIZED = { 401: { description: 'Unauthorized' } }

const operationV3 = (operation: Operation, parameters: readonly Schema[]): Schema => {
  const { consumes, produces, body, answer, codes } = operation
  const content = (types: readonly string[], schema: Schema): Schema =>
    Object.fromEntries(types.toSorted().map((type) => [type, { schema }]))
  const answered = content(produces, answer === undefined ? TEXT : reference(answer, 3))
  return {
    ...told(operation),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            content: content(consumes, reference(body.schema, 3)),
            ...(body.required ? { required: true } : {}),
          },
        }),
    responses: {
      ...Object.fromEntries(codes.map((code) => [code, { description: WORDS[code], content: answered }])),
      ...UNAUTHORIZED,
    },
  }
}
