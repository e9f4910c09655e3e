import * as t from 'io-ts'

/** What may be asked of etcd and what it answers: the part of its v3 API that a Kubernetes cluster and its operators use. */

/** Bytes `[key, end)`; without `end` the one key. */
const span = t.partial({ end: t.string })

const put = t.intersection([
  t.type({
    op: t.literal('put'),
    key: t.string,
    /** Bytes of the encoded value: an estimate by whoever made it. Quota and limits count it. */
    size: t.number,
  }),
  t.partial({
    /** In memory only: a recording holds it in `RevisionCommitted`. */
    value: t.unknown,
    /** 0 or absent: lives until deleted. */
    lease: t.number,
  }),
])

const del = t.intersection([t.type({ op: t.literal('delete'), key: t.string }), span])

const range = t.intersection([
  t.type({ op: t.literal('range'), key: t.string }),
  span,
  t.partial({
    /** Reads as of this revision; 0 or absent: the newest. */
    revision: t.number,
    limit: t.number,
    countOnly: t.boolean,
    /** Answered from the member's own state, which may lag. Absent: linearizable. */
    serializable: t.boolean,
  }),
])

const operation = t.union([put, del, range])

const compare = t.type({
  key: t.string,
  target: t.keyof({ mod: 1, create: 1, version: 1 }),
  result: t.keyof({ '=': 1, '!=': 1, '>': 1, '<': 1 }),
  value: t.number,
})

const txn = t.type({
  op: t.literal('txn'),
  compare: t.readonlyArray(compare),
  then: t.readonlyArray(operation),
  else: t.readonlyArray(operation),
})

/** One request, told apart by `op`. Times to live in seconds, as on the wire. */
export const etcdRequest = t.union([
  put,
  del,
  range,
  txn,
  t.type({ op: t.literal('compact'), revision: t.number }),
  t.type({ op: t.literal('lease-grant'), lease: t.number, ttl: t.number }),
  t.type({ op: t.literal('lease-revoke'), lease: t.number }),
  t.type({ op: t.literal('lease-keep-alive'), lease: t.number }),
  t.type({ op: t.literal('alarm'), kind: t.literal('NOSPACE'), member: t.number, active: t.boolean }),
  t.type({ op: t.literal('defragment') }),
  t.type({ op: t.literal('member-add'), member: t.number }),
  t.type({ op: t.literal('member-remove'), member: t.number }),
  t.type({ op: t.literal('move-leader'), member: t.number }),
])

export type EtcdPut = t.TypeOf<typeof put>
export type EtcdDelete = t.TypeOf<typeof del>
export type EtcdRange = t.TypeOf<typeof range>
export type EtcdOperation = t.TypeOf<typeof operation>
export type EtcdCompare = t.TypeOf<typeof compare>
export type EtcdTxn = t.TypeOf<typeof txn>
export type EtcdRequest = t.TypeOf<typeof etcdRequest>

/** One key as etcd stores it. `version` counts its writes since its creation. */
export interface EtcdKeyValue {
  readonly key: string
  readonly value: unknown
  /** Revision of its creation. */
  readonly create: number
  /** Revision of this write. */
  readonly mod: number
  readonly version: number
  /** 0 for none. */
  readonly lease: number
  /** Bytes of the encoded value. */
  readonly size: number
}

/** Keys with their values travel by reference and are not recorded. */
const keyValues = new t.Type<readonly EtcdKeyValue[], readonly EtcdKeyValue[], unknown>(
  'EtcdKeyValues',
  (input): input is readonly EtcdKeyValue[] => Array.isArray(input),
  (input, context) => (Array.isArray(input) ? t.success(input) : t.failure(input, context)),
  (keys) => keys,
)

/** What one operation of a request did. */
const operationResult = t.union([
  t.type({ op: t.literal('put'), /** The revision it replaced; 0 for none. */ previous: t.number }),
  t.type({ op: t.literal('delete'), deleted: t.number, previous: t.number }),
  t.intersection([
    t.type({
      op: t.literal('range'),
      /** Keys in the whole range, whatever `limit` says. */
      count: t.number,
      more: t.boolean,
      /** Revision of the first key found; 0 for none. */
      mod: t.number,
    }),
    t.partial({ /** In memory only. */ keys: keyValues }),
  ]),
])

/** `failed`: the compare of a transaction did not hold and its `else` was run. `refused`: nothing was done, `error` says why. */
export const etcdResponse = t.intersection([
  t.type({
    request: t.number,
    outcome: t.keyof({ succeeded: 1, failed: 1, refused: 1 }),
    /** Revision of the store when this was answered. */
    revision: t.number,
  }),
  t.partial({ results: t.readonlyArray(operationResult), error: t.string }),
])

export type EtcdOperationResult = t.TypeOf<typeof operationResult>
export type EtcdResponse = t.TypeOf<typeof etcdResponse>

const withoutValue = (operation: EtcdOperation): EtcdOperation =>
  operation.op === 'put' && operation.value !== undefined
    ? { op: 'put', key: operation.key, size: operation.size, lease: operation.lease }
    : operation

/** A request as it is recorded: values stand in `RevisionCommitted`. */
export const recordedRequest = (request: EtcdRequest): EtcdRequest => {
  if (request.op === 'put') return withoutValue(request) as EtcdPut
  if (request.op !== 'txn') return request
  return {
    op: 'txn',
    compare: request.compare,
    then: request.then.map(withoutValue),
    else: request.else.map(withoutValue),
  }
}

const withoutKeys = (result: EtcdOperationResult): EtcdOperationResult =>
  result.op === 'range' ? { op: 'range', count: result.count, more: result.more, mod: result.mod } : result

/** An answer as it is recorded. */
export const recordedResponse = (response: EtcdResponse): EtcdResponse =>
  response.results === undefined ? response : { ...response, results: response.results.map(withoutKeys) }
