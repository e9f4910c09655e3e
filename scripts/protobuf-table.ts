/**
 * Writes src/server/protobuf/table.ts: the numbers of fields in Kubernetes' protobuf encoding.
 *
 *   npx tsx scripts/protobuf-table.ts KUBECTL-1.34 HELM-3 KUBECTL-1.36 HELM-4
 *
 * The first two hold the descriptors of messages, gzipped FileDescriptorProtos, as programs of Kubernetes up to v1.34 do; what
 * both hold is read from the first. Fields that came later are found in the others by the tags of Go's structures: a new field of
 * a message has a number above those that the message had, of such the lowest that its name has anywhere, and new numbers
 * follow each other without a gap but for fields that went again. What became v1 later keeps the numbers of its beta. Numbers never change once given. What is not found is told on stderr. Only names and
 * numbers are taken. The format is described in src/server/protobuf/messages.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, constants } from 'node:zlib'
import { definition, kindsInSchema, type FieldType } from '../src/kubernetes/schema/reader.ts'
import { fieldsOf } from '../src/server/protobuf/wire.ts'

const [withDescriptors = '', withDefinitions = '', ...newest] = process.argv.slice(2)
const TAG = /json:"([^",]+)[^"]*"(?: [a-zA-Z]+:"[^"]*")* protobuf:"[a-z0-9]+,(\d+),/g

/** By the name of a field, all numbers that fields of this name have. */
const tags = new Map<string, Set<number>>()
for (const path of newest) {
  for (const [, name = '', number] of readFileSync(path, 'latin1').matchAll(TAG)) {
    tags.set(name, (tags.get(name) ?? new Set()).add(Number(number)))
  }
}

const GZIP = Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0x02, 0xff])

interface Message {
  readonly name: string
  readonly fields: { name: string; number: number; type: string }[]
}

/** `.k8s.io.api.core.v1.Container` is `core/v1.Container`. */
const shortName = (name: string): string => {
  const parts = name.replace(/^\./, '').split('.')
  return `${parts.at(-3)}/${parts.at(-2)}.${parts.at(-1)}`
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()

const messages: Message[] = []
for (const program of [withDescriptors, withDefinitions].map((path) => readFileSync(path))) readDescriptors(program)

function readDescriptors(program: Buffer): void {
  for (let at = program.indexOf(GZIP); at >= 0; at = program.indexOf(GZIP, at + 1)) {
    let file: Buffer
    try {
      file = gunzipSync(program.subarray(at, at + 200_000), { finishFlush: constants.Z_SYNC_FLUSH })
    } catch {
      continue
    }
    const top = fieldsOf(file)
    const packageName = text(top.find(({ number }) => number === 2)?.bytes)
    if (!packageName.startsWith('k8s.io')) continue
    for (const { number, bytes } of top) {
      if (number !== 4 || bytes === undefined) continue
      const parts = fieldsOf(bytes)
      const fields = parts
        .filter((part) => part.number === 2)
        .map((part) => fieldsOf(part.bytes ?? new Uint8Array()))
        .map((field) => ({
          name: text(field.find((one) => one.number === 1)?.bytes),
          number: Number(field.find((one) => one.number === 3)?.value),
          type: text(field.find((one) => one.number === 6)?.bytes),
        }))
      const name = shortName(`${packageName}.${text(parts.find((part) => part.number === 1)?.bytes)}`)
      if (!messages.some((known) => known.name === name)) messages.push({ name, fields })
    }
  }
}

const byName = new Map(messages.map((message) => [message.name, message]))

/** Structures that are reached from the kinds and have no descriptor as yet: those of a beta, or what the tags tell beyond doubt. */
const reached = new Set<string>()
const reach = (name: string): void => {
  const structure = definition(name)
  if (structure === undefined || reached.has(name)) return
  reached.add(name)
  for (const { type } of structure.fields.values()) for (const one of namesIn(type)) reach(one)
}
const namesIn = (type: FieldType): readonly string[] =>
  type.form === 'ref' ? [type.name] : type.form === 'scalar' ? [] : namesIn(type.of)
for (const name of kindsInSchema().values()) reach(name)
for (const name of reached) {
  if (byName.has(name)) continue
  const beta = ['v1beta1', 'v1alpha1'].map((version) => byName.get(name.replace('/v1.', `/${version}.`)))
  const found = beta.find((one) => one !== undefined)
  const message = found === undefined ? taggedMessage(name) : { ...found, name }
  if (message === undefined) continue
  messages.push(message)
  byName.set(name, message)
}

function taggedMessage(name: string): Message | undefined {
  const fields = [...(definition(name)?.fields.keys() ?? [])].map((field) => ({
    field,
    numbers: tags.get(field) ?? [],
  }))
  const found = fields.map(({ field, numbers }) => ({ name: field, number: Math.min(...numbers), type: '' }))
  const isCertain = fields.every(({ numbers }) => new Set(numbers).size === 1)
  const isDense = found.toSorted((a, b) => a.number - b.number).every(({ number }, i) => number === i + 1)
  return isCertain && isDense ? { name, fields: found } : undefined
}
const lines: string[] = []
const done = new Set<string>()
const missing: string[] = []

const write = (message: Message, known: ReadonlySet<string> | undefined): void => {
  if (done.has(message.name)) return
  done.add(message.name)
  const fields: string[] = []
  for (const { name, number, type } of message.fields.toSorted((a, b) => a.number - b.number)) {
    // Some messages name fields as Go does: `APIGroup` for `apiGroup`.
    const shown =
      known === undefined || known.has(name) ? name : [...known].find((one) => bare(one) === name.toLowerCase())
    if (shown !== undefined) fields.push(`${shown}=${number}`)
    else if (type !== '' && byName.has(shortName(type))) {
      fields.push(`*${shortName(type)}=${number}`)
      const inlined = byName.get(shortName(type))
      if (inlined !== undefined && definition(inlined.name) === undefined) write(inlined, known)
    }
  }
  const highest = Math.max(0, ...message.fields.map(({ number }) => number))
  const numbered = new Set(fields.map((field) => field.split('=')[0]))
  const embeds = fields.some((field) => field.startsWith('*')) || definition(message.name) === undefined
  const later = new Map<string, readonly number[]>()
  for (const field of embeds ? [] : (known ?? [])) {
    if (numbered.has(field) || field === 'kind' || field === 'apiVersion') continue
    later.set(
      field,
      [...(tags.get(field) ?? [])].filter((number) => number > highest),
    )
  }
  for (let number = highest + 1, gap = 0; later.size > 0 && gap <= GONE_MAX; number++) {
    const able = [...later].filter(([, numbers]) => numbers.includes(number))
    const [field] = able.toSorted(([, a], [, b]) => a.length - b.length)[0] ?? []
    gap = field === undefined ? gap + 1 : 0
    if (field === undefined) continue
    fields.push(`${field}=${number}`)
    later.delete(field)
  }
  lines.push(`${message.name} ${fields.join(' ')}`)
}

/** As many fields of a message were given a number since v1.34 and taken away again: PodSpec's workloadRef. */
const GONE_MAX = 1

/** `$ref` is `ref`, `x-kubernetes-map-type` is `xKubernetesMapType`. */
const bare = (name: string): string => name.replace(/[$-]/g, '').toLowerCase()

for (const message of messages.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
  const structure = definition(message.name)
  if (structure !== undefined) write(message, new Set(structure.fields.keys()))
}
for (const line of lines) {
  const [name = '', ...fields] = line.split(' ')
  const structure = definition(name)
  if (structure === undefined || fields.some((field) => field.startsWith('*'))) continue
  const numbered = new Set(fields.map((field) => field.split('=')[0]))
  for (const field of structure.fields.keys()) {
    if (!numbered.has(field) && field !== 'kind' && field !== 'apiVersion') missing.push(`${name} ${field}`)
  }
}
process.stderr.write(`${lines.length} messages; without a number: ${missing.join(', ') || 'none'}\n`)

writeFileSync(
  new URL('../src/server/protobuf/table.ts', import.meta.url),
  `/**
 * Numbers of fields in the protobuf encoding of Kubernetes v1.36: made by scripts/protobuf-table.ts, not by hand. Read by
 * messages.ts. Derived from Kubernetes' generated.proto files, Apache License 2.0, Copyright The Kubernetes Authors.
 */
export const PROTOBUF_TABLE = \`
${lines.toSorted().join('\n')}
\`
`,
)
