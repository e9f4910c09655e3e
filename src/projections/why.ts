import type { ActorId, EventOf, LogEvent, Micros, Seq } from '../events/envelope.ts'
import type { Kind } from '../kubernetes/kinds.ts'
import { conditionStatus } from '../kubernetes/conditions.ts'
import { podCondition } from '../kubernetes/pods.ts'
import type { Node } from '../kubernetes/types/node.ts'
import type { Pod } from '../kubernetes/types/pod.ts'
import { Absences, ancestors, type CauseLog } from './causes.ts'
import { explainAttempt, explanationTables, explanationTitle } from './schedule-explanation.ts'
import type { ObjectStore, ObjectVersion } from './objects/store.ts'
import { timeText, type ObjectName } from './timeline.ts'
import { describe } from './timeline/describe.ts'
import { narrate } from './timeline/narrate.ts'
import { subject } from './timeline/subject.ts'

/** Of the object in question at most this many of its own latest changes are explained, and its creation. */
const OWN_CHANGES = 20

/** One link of the chain that led to an object's state, as an operator would name it. */
export interface WhyStep {
  readonly seq: Seq
  readonly at: Micros
  readonly by: ActorId
  readonly text: string
  readonly object?: ObjectName
  /** No event of the log records this cause: it is joined because both concern the same node or Pod. */
  readonly inferred: boolean
  /** What belongs to the step and needs lines of its own, as the nodes among which a scheduler chose. */
  readonly details?: readonly string[]
}

const INDENT = '      '

/** Whose state is to be explained. With `uid` that one object; else the one that bore the name last. */
export interface WhySubject extends ObjectName {
  readonly uid?: string
}

/**
 * Why an object is as it is: from its own changes back through the causes that the log records, to what people asked for
 * and what broke. What only carried a cause on (requests, messages, alarms) is left out; what an absence caused (a node
 * fell silent, a toleration ran out) is joined to what explains the absence. Oldest first.
 */
export const why = (
  log: CauseLog,
  store: Pick<ObjectStore, 'history' | 'written'>,
  object: WhySubject,
): readonly WhyStep[] => {
  const changes = ownChanges(store, object).map((version) => version.seq)
  return new Explanation(log, store, new Absences(log, Math.max(0, ...changes))).explain(changes)
}

class Explanation {
  private readonly log: CauseLog
  private readonly store: Pick<ObjectStore, 'history' | 'written'>
  private readonly absences: Absences
  private readonly seen = new Set<Seq>()
  private readonly steps: WhyStep[] = []
  /** Positions that are still to be walked back from. */
  private readonly open: { readonly seq: Seq; readonly inferred: boolean }[] = []

  constructor(log: CauseLog, store: Pick<ObjectStore, 'history' | 'written'>, absences: Absences) {
    this.log = log
    this.store = store
    this.absences = absences
  }

  explain(changes: readonly Seq[]): readonly WhyStep[] {
    for (const seq of changes) this.open.push({ seq, inferred: false })
    for (let next = this.open.pop(); next !== undefined; next = this.open.pop()) this.walk(next.seq, next.inferred)
    return this.steps.sort((a, b) => a.seq - b.seq)
  }

  private walk(from: Seq, inferred: boolean): void {
    for (const seq of ancestors(this.log, from)) {
      if (this.seen.has(seq)) return
      this.seen.add(seq)
      const event = this.log.get(seq)
      if (event !== undefined) this.name(event, inferred && seq === from)
    }
  }

  /** Adds a step if an operator would name this event, and what has to be joined to it. */
  private name(event: LogEvent, inferred: boolean): void {
    switch (event.type) {
      case 'RevisionCommitted':
        this.nameCommit(event, inferred)
        return
      case 'KubectlInvoked':
        this.add(event, inferred, invocationText(event))
        return
      case 'KubectlAnswered':
        return
      case 'SchedulingAttempted':
        this.nameAttempt(event, inferred)
        return
      case 'LeaseAcquired':
        if (this.absences.isTakeover(event.seq)) this.add(event, inferred, narrate(event))
        return
      case 'NodeHeartbeatMissed':
        this.add(event, inferred, narrate(event))
        this.join(this.absences.silenceOf(event.data.node, event.data.lastRenewMicros, event.at))
        return
      case 'TolerationExpired':
        this.add(event, inferred, narrate(event))
        this.join(this.nodeChange(event.data.node, event.seq, isTainted))
        return
      default:
        this.add(event, inferred, narrate(event))
    }
  }

  private add(event: LogEvent, inferred: boolean, text: string | undefined): void {
    if (text !== undefined) this.steps.push({ seq: event.seq, at: event.at, by: event.by, text, inferred })
  }

  private nameAttempt(event: EventOf<'SchedulingAttempted'>, inferred: boolean): void {
    const { seq, at, by, data } = event
    const explanation = explainAttempt({ seq, at, by, data })
    const object: ObjectName = { kind: 'Pod', namespace: data.namespace, name: data.pod }
    const text = `${subject(object)} by ${explanationTitle(explanation)}`
    this.steps.push({ seq, at, by, text, object, inferred, details: explanationTables(explanation, true) })
  }

  private nameCommit(event: EventOf<'RevisionCommitted'>, inferred: boolean): void {
    const version = this.store.written(event.data.revision)
    if (version === undefined) return
    if (version.seq !== event.seq) {
      // Told again by a new etcd leader; what matters is when it was told first.
      this.open.push({ seq: version.seq, inferred })
      return
    }
    const { kind, namespace, name } = version
    const object: ObjectName = { kind, namespace, name }
    const lines = describe(kind, version.before, version.object)
    if (lines.length > 0) {
      const text = `${subject(object)} ${lines.join('; ')}`
      this.steps.push({ seq: event.seq, at: event.at, by: this.writerOf(event), text, object, inferred })
    }
    if (kind === 'Node') this.joinNode(version)
    if (kind === 'Pod') this.joinPod(version)
  }

  /** A node's taint comes of its condition, its Unknown condition of its silence. */
  private joinNode(version: ObjectVersion): void {
    const { name, seq } = version
    if (fellSilent(version)) this.join(this.absences.heartbeatMissed(name, seq))
    else if (isTainted(version)) this.join(this.nodeChange(name, seq, lostReadiness))
  }

  /** A Pod that the taint manager deletes had its time. */
  private joinPod(version: ObjectVersion): void {
    const pod = version.object as Pod | undefined
    if (pod === undefined || podCondition(pod, 'DisruptionTarget')?.reason !== 'DeletionByTaintManager') return
    this.join(this.absences.tolerationExpired(pod.metadata.uid, version.seq))
  }

  private nodeChange(node: string, before: Seq, is: (version: ObjectVersion) => boolean): Seq | undefined {
    return this.store.history('Node', undefined, node).findLast((version) => version.seq < before && is(version))?.seq
  }

  private join(seq: Seq | undefined): void {
    if (seq !== undefined) this.open.unshift({ seq, inferred: true })
  }

  /** Who asked the API server for a commit; etcd where the log does not keep requests. */
  private writerOf(event: EventOf<'RevisionCommitted'>): ActorId {
    for (const seq of ancestors(this.log, event.cause)) {
      const cause = this.log.get(seq)
      if (cause?.type === 'ApiRequested') return cause.by
      if (cause?.type === 'RevisionCommitted') break
    }
    return event.by
  }
}

/** The creation and the latest telling changes of one object. */
const ownChanges = (store: Pick<ObjectStore, 'history'>, object: WhySubject): readonly ObjectVersion[] => {
  const { kind, namespace, name } = object
  const all = store.history(kind, namespace, name)
  const uid = object.uid ?? uidOf(all[all.length - 1])
  const own = all.filter((version) => uidOf(version) === uid)
  const telling = own.filter((version) => describe(kind, version.before, version.object).length > 0)
  return [...new Set([...own.slice(0, 1), ...telling.slice(-OWN_CHANGES)])]
}

/** A deletion belongs to what it deletes. */
const uidOf = (version: ObjectVersion | undefined): string | undefined =>
  (version?.object ?? version?.before)?.metadata.uid

const readyOf = (node: Node | undefined): string | undefined => conditionStatus(node?.status?.conditions, 'Ready')

const fellSilent = ({ before, object }: ObjectVersion): boolean =>
  readyOf(object as Node | undefined) === 'Unknown' && readyOf(before as Node | undefined) !== 'Unknown'

const lostReadiness = ({ before, object }: ObjectVersion): boolean => {
  const is = readyOf(object as Node | undefined)
  return is !== undefined && is !== 'True' && readyOf(before as Node | undefined) !== is
}

/** It got a taint that evicts. */
const isTainted = ({ before, object }: ObjectVersion): boolean => {
  const had = noExecute(before as Node | undefined)
  return noExecute(object as Node | undefined).some((key) => !had.includes(key))
}

const noExecute = (node: Node | undefined): readonly string[] =>
  (node?.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute').map(({ key }) => key)

const invocationText = ({ data }: EventOf<'KubectlInvoked'>): string => {
  const { call, apply, serverSide } = data
  if (call !== undefined) {
    const { verb, kind, namespace, name, subresource } = call
    const what = name === undefined ? kind.toLowerCase() : subject({ kind, namespace, name })
    return `kubectl ${verb} ${what}${subresource === undefined ? '' : ` ${subresource}`}`
  }
  return `kubectl apply ${serverSide === true ? '--server-side ' : ''}${(apply ?? []).map(manifestText).join(' ')}`
}

const manifestText = (manifest: { readonly [field: string]: unknown }): string => {
  const { kind, metadata } = manifest as { kind?: Kind; metadata?: { namespace?: string; name?: string } }
  return subject({ kind: kind ?? 'object', namespace: metadata?.namespace, name: metadata?.name ?? '' })
}

/** `+171.003s  #5120  by  text`, aligned, details below; `~` marks a cause that is inferred. */
export const renderWhy = (steps: readonly WhyStep[]): string => {
  const cells = steps.map(
    ({ at, seq, by, text, inferred }) => [timeText(at), `${inferred ? '~' : ''}#${seq}`, by, text] as const,
  )
  const width = (column: 0 | 1 | 2): number => Math.max(0, ...cells.map((row) => row[column].length))
  const [times, seqs, actors] = [width(0), width(1), width(2)]
  return cells
    .map(([time, seq, by, text], i) => {
      const line = `${time.padStart(times)}  ${seq.padStart(seqs)}  ${by.padEnd(actors)}  ${text}`
      return [line, ...(steps[i]?.details ?? []).map((detail) => `${INDENT}${detail}`.trimEnd())].join('\n')
    })
    .join('\n')
}
