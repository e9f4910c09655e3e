import type { Micros } from '../../events/envelope.ts'
import type { EventData } from '../../events/catalogue/index.ts'
import type { EtcdRequest, EtcdResponse } from '../../events/catalogue/etcd-request.ts'
import type { Status } from '../../kubernetes/status.ts'
import type { QuotaRequest } from './admission/quota/request.ts'

/** A webhook as it is called. */
export type WebhookCall = Omit<EventData<'WebhookCalled'>, 'call'>

/** What came of it. */
export type WebhookReply = Omit<EventData<'WebhookAnswered'>, 'call'>

/** What a procedure waits for. */
export type Wait =
  | { readonly wait: 'etcd'; readonly op: EtcdRequest }
  | { readonly wait: 'time'; readonly delay: Micros }
  /** Until the watch cache has seen everything up to `revision`, at most `within`. */
  | { readonly wait: 'cache'; readonly revision: number; readonly within: Micros }
  /** For a lease of etcd to attach an Event to. */
  | { readonly wait: 'lease' }
  /** For a webhook outside the cluster. */
  | { readonly wait: 'webhook'; readonly call: WebhookCall }
  /** Until the quotas of a namespace have been asked, for all who ask them now. */
  | { readonly wait: 'quotas'; readonly request: QuotaRequest }

/** What a wait ends with, each in its kind. */
export type Reply = EtcdResponse | WebhookReply | Status | number | boolean | undefined

/**
 * The work on one request, written as upstream writes it: top to bottom, stopping wherever it waits. What it yields says for
 * what; it goes on with the reply. A crash, or the request's deadline, forgets it where it stands.
 */
export type Procedure<R> = Generator<Wait, R, Reply>

// The runner replies to each wait in its kind, which a generator's type cannot say.

/** One request to etcd and its response. A member that cannot be reached answers by being `refused`, as one that cannot serve. */
export function* etcd(op: EtcdRequest): Procedure<EtcdResponse> {
  return (yield { wait: 'etcd', op }) as EtcdResponse
}

export function* sleep(delay: Micros): Procedure<void> {
  if (delay > 0) yield { wait: 'time', delay }
}

/** Whether the cache got there in time. */
export function* cacheReaches(revision: number, within: Micros): Procedure<boolean> {
  return (yield { wait: 'cache', revision, within }) as boolean
}

/** A lease for an Event, or etcd's refusal. */
export function* eventLease(): Procedure<number | EtcdResponse> {
  return (yield { wait: 'lease' }) as number | EtcdResponse
}

/** What a webhook answers; undefined when it took too long. */
export function* callWebhook(call: WebhookCall): Procedure<WebhookReply | undefined> {
  return (yield { wait: 'webhook', call }) as WebhookReply | undefined
}

/** Why quotas refuse; undefined when they have room and have been charged. */
export function* chargedToQuotas(request: QuotaRequest): Procedure<Status | undefined> {
  return (yield { wait: 'quotas', request }) as Status | undefined
}
