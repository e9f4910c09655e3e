import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Micros } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import { seconds } from '../../events/time.ts'
import { parseTime, rfc3339 } from '../../kubernetes/time.ts'
import { parseAuditLog, readText } from './audit-line.ts'
import { ownHashes, withHashes } from './hashes.ts'
import { isRecord, metadataOf, recordedWrites, type RecordedWrite } from './writes.ts'

/** Something done to processes, at a time since the start. */
export interface InfraAction {
  readonly at: Micros
  readonly action: string
  readonly node?: string
}

/**
 * An incident as it was recorded: see `readIncident`. Hashes of templates, which names are made of, are ours.
 */
export interface Incident {
  /** The second in which its control plane was started: virtual time 0. */
  readonly startTime: string
  readonly writes: readonly RecordedWrite[]
  readonly infra: readonly InfraAction[]
  /** From the first action of the scenario to its end: what is compared. */
  readonly window: { readonly from: Micros; readonly to: Micros }
  /** What `expected.json` says. */
  readonly expected: Readonly<Record<string, unknown>>
  /** All objects at the end. */
  readonly final: readonly ApiObject[]
}

/**
 * Reads a folder with `audit.jsonl.gz`, `inputs.jsonl`, `expected.json` and `final.json.gz`.
 * @throws Error naming file and line.
 */
export const readIncident = (directory: string): Incident => {
  const inputsPath = join(directory, 'inputs.jsonl')
  const inputs = readText(inputsPath)
    .split('\n')
    .flatMap((text, index) => (text.trim() === '' ? [] : [input(text, `${inputsPath}:${index + 1}`)]))
  const first = inputs.find(({ action }) => action === 'control-plane-start')
  if (typeof first?.['t'] !== 'string')
    throw new Error(`${inputsPath}: no line says when the control plane was started`)
  // In whole seconds, because most times in objects are.
  const start = Math.floor(micros(first['t'], inputsPath) / SECOND) * SECOND
  const expectedPath = join(directory, 'expected.json')
  const expectedText = readText(expectedPath)
  const expected = record(expectedText, expectedPath)
  const { initialTakenAt, finalTakenAt } = expected
  if (typeof initialTakenAt !== 'string' || typeof finalTakenAt !== 'string') {
    throw new Error(`${expectedPath}: initialTakenAt and finalTakenAt are missing`)
  }
  const auditPath = oneOf(directory, 'audit.jsonl')
  const audit = readText(auditPath)
  const hashes = ownHashes(parseAuditLog(audit, auditPath))
  const patches = inputs.flatMap(({ t, end, cmd }) =>
    patchCommand(t, end, cmd, (time) => micros(time, inputsPath) - start),
  )
  const asOurs = (text: string): string => withHashes(text, hashes)
  return {
    startTime: rfc3339(start),
    writes: recordedWrites(parseAuditLog(asOurs(audit), auditPath), start).map((write) =>
      withPatchType(write, patches),
    ),
    infra: inputs.flatMap(({ t, kind, action, node }) =>
      kind === 'infra' && typeof t === 'string' && typeof action === 'string'
        ? [{ at: micros(t, inputsPath) - start, action, ...(typeof node === 'string' ? { node } : {}) }]
        : [],
    ),
    window: { from: micros(initialTakenAt, expectedPath) - start, to: micros(finalTakenAt, expectedPath) - start },
    expected: record(asOurs(expectedText), expectedPath),
    final: itemsIn(oneOf(directory, 'final.json'), asOurs),
  }
}

/** While a command ran that named the type of its patch. */
interface PatchCommand {
  readonly from: Micros
  readonly to: Micros
  readonly patchType: 'merge' | 'json' | 'strategic'
}

const patchCommand = (
  t: unknown,
  end: unknown,
  cmd: unknown,
  at: (time: string) => Micros,
): readonly PatchCommand[] => {
  if (typeof t !== 'string' || typeof end !== 'string' || typeof cmd !== 'string') return []
  const patchType = /--type[= ]'?(merge|json|strategic)\b/.exec(cmd)?.[1]
  if (patchType !== 'merge' && patchType !== 'json' && patchType !== 'strategic') return []
  return [{ from: at(t), to: at(end), patchType }]
}

const withPatchType = (write: RecordedWrite, commands: readonly PatchCommand[]): RecordedWrite => {
  if (write.verb !== 'patch' || write.user.startsWith('system:')) return write
  const command = commands.find(({ from, to }) => write.at >= from && write.at <= to)
  return command === undefined ? write : { ...write, patchType: command.patchType }
}

const SECOND = seconds(1)

const micros = (time: string, where: string): Micros => {
  const at = parseTime(time)
  if (at === undefined) throw new Error(`${where}: ${time} is no time`)
  return at
}

const oneOf = (directory: string, name: string): string => {
  const plain = join(directory, name)
  return existsSync(plain) ? plain : `${plain}.gz`
}

const itemsIn = (path: string, asOurs: (text: string) => string): readonly ApiObject[] => {
  const { items } = record(asOurs(readText(path)), path)
  if (!Array.isArray(items)) throw new Error(`${path}: not a list of objects`)
  return items.map((item: unknown, index) => {
    if (!isObject(item)) throw new Error(`${path}: items[${index}] is no object`)
    return item
  })
}

const isObject = (item: unknown): item is ApiObject =>
  isRecord(item) && typeof item['kind'] === 'string' && typeof metadataOf(item)['name'] === 'string'

/** Who a line of `inputs.jsonl` can be about. */
const INPUTS: ReadonlySet<unknown> = new Set(['kubectl', 'http', 'infra', 'node-write'])
/** What can be done to processes, and to the ports that kubelets probe. */
const INFRA =
  /^(?:(?:control-plane|controller-manager|scheduler|apiserver|etcd|node-process|hand-operated-node)-(?:start|stop|kill)|probe-target-(?:open|close))$/

/** One outside input; what nobody would act upon is refused, so that no input is lost unseen. */
const input = (text: string, where: string): Readonly<Record<string, unknown>> => {
  const line = record(text, where)
  const { t, kind, action } = line
  if (typeof t !== 'string') throw new Error(`${where}: no time t`)
  micros(t, where)
  if (!INPUTS.has(kind)) {
    throw new Error(`${where}: kind ${JSON.stringify(kind) ?? '(missing)'} is none of ${[...INPUTS].join(', ')}`)
  }
  if (kind === 'infra' && (typeof action !== 'string' || !INFRA.test(action))) {
    throw new Error(`${where}: action ${JSON.stringify(action) ?? '(missing)'} is not known`)
  }
  return line
}

const record = (text: string, where: string): Readonly<Record<string, unknown>> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  if (!isRecord(value)) throw new Error(`${where}: not an object`)
  return value
}
