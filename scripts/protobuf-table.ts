/**
 * Writes src/server/protobuf/table.ts: the numbers of fields in Kubernetes' protobuf encoding.
 *
 *   npx tsx scripts/protobuf-table.ts FILE
 *
 * FILE is any program of Kubernetes up to v1.34 that holds the descriptors of its messages, as kubectl does: gzipped
 * FileDescriptorProtos. Numbers never change once given; fields that came later are told on stderr and are not read. Only
 * names and numbers are taken. The format is described in src/server/protobuf/messages.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, constants } from 'node:zlib'
import { definition } from '../src/kubernetes/schema/reader.ts'
import { fieldsOf } from '../src/server/protobuf/wire.ts'

const program = readFileSync(process.argv[2] ?? '')
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
    messages.push({ name: shortName(`${packageName}.${text(parts.find((part) => part.number === 1)?.bytes)}`), fields })
  }
}

const byName = new Map(messages.map((message) => [message.name, message]))
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
      known === undefined || known.has(name) ? name : [...known].find((one) => one.toLowerCase() === name.toLowerCase())
    if (shown !== undefined) fields.push(`${shown}=${number}`)
    else if (type !== '' && byName.has(shortName(type))) {
      fields.push(`*${shortName(type)}=${number}`)
      const inlined = byName.get(shortName(type))
      if (inlined !== undefined && definition(inlined.name) === undefined) write(inlined, known)
    }
  }
  lines.push(`${message.name} ${fields.join(' ')}`)
}

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
