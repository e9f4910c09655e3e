/** Watches over HTTP: a line of JSON or a message per change, each written out once for all who watch in the same form. */
import type { Cluster } from '../cluster.ts'
import type { ApiObject } from '../events/json.ts'
import { expired, isStatus, serviceUnavailable, type Status } from '../kubernetes/status.ts'
import type { ApiBridge, WatchEnd, WatchListener, WatchPush } from './api-bridge.ts'
import type { ListParameters } from './parameters.ts'
import { encodeWatchEvent } from './protobuf/encode.ts'
import type { HttpResponse, Reply } from './reply.ts'
import { showObject, showTable, type Form } from './representation.ts'
import { wallTime } from './wall-time.ts'
import { namesVersion, type ResourceRequest } from './resource-request.ts'

/** A watcher that lets so much pile up is dropped: it would only fall further behind. Its client lists again. */
const BACKLOG_MAX_BYTES = 16 * 1024 * 1024

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end'

export class WatchStreams {
  private readonly cluster: Cluster
  private readonly bridge: ApiBridge
  private readonly frames = new Frames()

  constructor(cluster: Cluster, bridge: ApiBridge) {
    this.cluster = cluster
    this.bridge = bridge
  }

  open(request: ResourceRequest, lists: ListParameters, reply: Reply): void {
    const { target, caller } = request
    const { options } = lists
    const { response } = reply
    // A time-out that has passed already.
    if ((lists.timeoutSeconds ?? 0) < 0) return reply.body(200, streamType(request.form), '')
    const listener = new Stream(this.cluster, this.frames, request, reply)
    const cancel = this.bridge.watch(
      {
        kind: target.kind,
        user: '',
        caller,
        revision: revisionOf(options.resourceVersion),
        ...(target.row !== undefined && namesVersion(target) ? { apiVersion: target.apiVersion } : {}),
        ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
        ...(options.labelSelector === undefined ? {} : { labelSelector: options.labelSelector }),
        ...(options.fieldSelector === undefined ? {} : { fieldSelector: options.fieldSelector }),
        ...(options.resourceVersion === undefined ? {} : { resourceVersion: options.resourceVersion }),
        ...(options.resourceVersionMatch === undefined ? {} : { resourceVersionMatch: options.resourceVersionMatch }),
        ...(options.continue === undefined ? {} : { continue: options.continue }),
        ...(lists.sendInitialEvents === undefined ? {} : { sendInitialEvents: lists.sendInitialEvents }),
        ...(lists.timeoutSeconds === undefined || lists.timeoutSeconds <= 0
          ? {}
          : { timeoutSeconds: lists.timeoutSeconds }),
        ...(lists.bookmarks ? { bookmarks: true } : {}),
      },
      listener,
      () => listener.begin(),
    )
    response.on('close', cancel)
  }
}

const revisionOf = (text: string | undefined): number =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0

class Stream implements WatchListener {
  private readonly cluster: Cluster
  private readonly frames: Frames
  private readonly request: ResourceRequest
  private readonly reply: Reply
  private readonly response: HttpResponse
  private begun = false
  private headersGiven = false

  constructor(cluster: Cluster, frames: Frames, request: ResourceRequest, reply: Reply) {
    this.cluster = cluster
    this.frames = frames
    this.request = request
    this.reply = reply
    this.response = reply.response
  }

  /** The API server has taken it: the answer's head goes out, before anything has happened. */
  begin(): void {
    if (this.begun || this.response.destroyed) return
    this.begun = true
    this.response.statusCode = 200
    this.response.setHeader('content-type', streamType(this.request.form))
    if (!('stream' in this.response)) this.response.setHeader('transfer-encoding', 'chunked')
    this.response.writeHead(200)
    if ('flushHeaders' in this.response) this.response.flushHeaders()
  }

  pushed(push: WatchPush): void {
    this.begin()
    const frame = this.frameOf(push)
    if (frame !== undefined) this.write(frame)
  }

  ended({ code, status }: WatchEnd): void {
    const told = isStatus(status) ? status : statusOf(code)
    // What a watch would begin with is gone: told in the stream, as all that goes wrong once it has been taken.
    if (told?.code === 410) this.begin()
    if (!this.begun) {
      if (told !== undefined) this.reply.status(told)
      else this.finish()
      return
    }
    if (told !== undefined) this.write(this.frame('ERROR', told))
    this.finish()
  }

  lost(): void {
    this.reply.cut()
  }

  private finish(): void {
    this.begin()
    if (!this.response.destroyed) this.response.end()
  }

  private write(frame: Buffer): void {
    const { response } = this
    if (response.destroyed || response.writableEnded) return
    if (backlogOf(response) > BACKLOG_MAX_BYTES) return this.reply.cut()
    // Both kinds of response take a buffer; their signatures differ in what else they take.
    if ('stream' in response) response.write(frame)
    else response.write(frame)
  }

  private frameOf(push: WatchPush): Buffer | undefined {
    const { target, form } = this.request
    const { row } = target
    if (push.change === 'BOOKMARK' || row === undefined) return this.bookmark(push)
    const object = this.objectOf(push)
    if (object === undefined) return undefined
    if (form.transform === 'Table') {
      const noHeaders = this.headersGiven
      this.headersGiven = true
      return this.frame(push.change, showObject(object, row, { ...form, now: wallTime(this.cluster), noHeaders }))
    }
    const shape = `${form.encoding} ${form.transform ?? ''} ${form.transformVersion}`
    const key = `${push.change} ${push.revision} ${shape} ${target.apiVersion}`
    return this.frames.get(key, () => this.frame(push.change, showObject(object, row, form)))
  }

  private frame(type: string, object: unknown): Buffer {
    return this.request.form.encoding === 'protobuf' ? encodeWatchEvent(type, object) : lineOf(type, object)
  }

  /** As it stands at the revision; what has gone is shown as it last was, at the revision of its end. */
  private objectOf({ revision, change, object }: WatchPush): ApiObject | undefined {
    if (object !== undefined) return object as ApiObject
    const version = this.cluster.history.written(revision)
    if (version === undefined) return undefined
    if (change !== 'DELETED') return version.object
    const { before } = version
    return before && { ...before, metadata: { ...before.metadata, resourceVersion: String(revision) } }
  }

  private bookmark({ revision, initialEventsEnd }: WatchPush): Buffer {
    const { target, form } = this.request
    const metadata = {
      resourceVersion: String(revision),
      ...(initialEventsEnd === true ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {}),
    }
    const { row } = target
    if (form.transform === 'Table' && row !== undefined) {
      const noHeaders = this.headersGiven
      this.headersGiven = true
      // An object with nothing in it but its version: printers are made for that.
      const empty = { kind: target.fact.kind, apiVersion: target.apiVersion, metadata } as ApiObject
      const { resourceVersion } = metadata
      const options = { now: wallTime(this.cluster), noHeaders, version: form.transformVersion }
      return this.frame('BOOKMARK', showTable(row, [empty], { ...options, metadata: { resourceVersion } }))
    }
    if (form.transform !== undefined) {
      const apiVersion = `meta.k8s.io/${form.transformVersion}`
      return this.frame('BOOKMARK', { kind: 'PartialObjectMetadata', apiVersion, metadata })
    }
    return this.frame('BOOKMARK', { kind: target.fact.kind, apiVersion: target.apiVersion, metadata })
  }
}

/** Source: apiserver/pkg/endpoints/handlers/watch.go, serveWatchHandler (v1.36). */
const streamType = ({ encoding }: Form): string =>
  encoding === 'protobuf' ? 'application/vnd.kubernetes.protobuf;stream=watch' : 'application/json'

const backlogOf = (response: HttpResponse): number =>
  'stream' in response ? response.stream.writableLength : response.writableLength

/** What a watch that ends for a reason tells; undefined when its time was simply up. */
const statusOf = (code: number): Status | undefined => {
  if (code < 400) return undefined
  return code === 410
    ? expired('too old resource version')
    : { ...serviceUnavailable('the watch cannot be served'), code }
}

const lineOf = (type: string, object: unknown): Buffer => Buffer.from(`${JSON.stringify({ type, object })}\n`)

const FRAMES_MAX = 256

/** The last frames that were written, so that each is made once however many watch. */
class Frames {
  private readonly recent = new Map<string, Buffer>()

  get(key: string, make: () => Buffer): Buffer {
    const known = this.recent.get(key)
    if (known !== undefined) return known
    if (this.recent.size >= FRAMES_MAX) this.recent.clear()
    const frame = make()
    this.recent.set(key, frame)
    return frame
  }
}
