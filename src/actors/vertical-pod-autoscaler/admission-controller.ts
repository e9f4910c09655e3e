import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import { seconds } from '../../events/time.ts'
import { actorOf, type ActorContext } from '../../engine/actor.ts'
import { ApiClient } from '../../engine/client/api-client.ts'
import { Endpoint } from '../../engine/client/endpoint.ts'
import { Informers } from '../../engine/client/informers.ts'
import { LeaderElector } from '../../engine/client/leader-elector.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { toBase64 } from '../../kubernetes/base64.ts'
import type { PodSpec } from '../../kubernetes/types/pod.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { podPatch } from './pod-patch.ts'
import { autoscalerOf, TARGET_KINDS } from './targets.ts'
import { updateModeOf, VPA_KIND } from './types.ts'
import { ADMISSION_LEASE } from './updater.ts'

export interface AdmissionControllerOptions {
  readonly host: string
  readonly servers: readonly ActorId[]
  readonly cursor: () => Cursor
  readonly read: ReadObject
}

export const VPA_ADMISSION: ActorId = 'vpa-admission-controller/0'
/** Where its webhook is reached. */
export const VPA_WEBHOOK_URL = 'https://vpa-webhook.kube-system.svc'

const RESTART: Micros = seconds(2)

/** The part of an AdmissionReview that counts here. */
interface Review {
  readonly request?: { readonly uid?: string; readonly namespace?: string; readonly object?: unknown }
}

/**
 * The webhook that makes new Pods ask for what is recommended. It lets every Pod in, changed or not.
 * Source: vertical-pod-autoscaler/pkg/admission-controller/logic/server.go (VPA 1.5).
 * Abridged: a process of a machine, not a Pod behind a Service; API servers reach it by its address.
 */
export const vpaAdmissionProcess = (options: AdmissionControllerOptions): ProcessSpec => ({
  id: VPA_ADMISSION,
  host: options.host,
  restartDelay: RESTART,
  boot: () => new Map([[VPA_ADMISSION, actorOf((context) => new AdmissionController(options, context))]]),
})

class AdmissionController {
  private readonly context: ActorContext
  private readonly client: ApiClient
  private readonly informers: Informers
  /** Its Lease says that it is there; the updater looks at it. */
  private readonly elector: LeaderElector

  constructor({ servers, read, cursor }: AdmissionControllerOptions, context: ActorContext) {
    this.context = context
    const endpoint = new Endpoint(servers, 0)
    this.client = new ApiClient({ user: 'system:serviceaccount:kube-system:vpa-admission-controller', endpoint, read })
    const kinds = [VPA_KIND, ...TARGET_KINDS].map((kind) => ({ kind }))
    this.informers = new Informers({ client: this.client, endpoint, cursor: cursor(), kinds })
    this.elector = new LeaderElector({
      client: this.client,
      name: ADMISSION_LEASE,
      identity: context.host,
      onChange: ({ leading }, later) => {
        if (!leading) later.exit('leaderelection lost')
      },
    })
    this.informers.start(context)
    this.elector.start(context)
  }

  receive(event: LogEvent): void {
    const { context } = this
    if (event.type === 'WebhookCalled') return this.answer(event.data, event.by)
    this.client.receive(event, context)
    this.elector.receive(event, context)
    this.informers.receive(event, context)
    this.informers.take()
  }

  private answer({ call, review }: EventData<'WebhookCalled'>, to: ActorId): void {
    const { request = {} } = (review ?? {}) as Review
    const steps = this.stepsFor(request)
    const patch = steps.length === 0 ? {} : { patchType: 'JSONPatch', patch: toBase64(JSON.stringify(steps)) }
    const response = { uid: request.uid ?? '', allowed: true, ...patch }
    const answer = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response }
    this.context.emit('WebhookAnswered', { call, review: answer }, { to })
  }

  private stepsFor({ namespace = '', object }: NonNullable<Review['request']>): ReturnType<typeof podPatch> {
    if (object === undefined || object === null || !this.informers.synced()) return []
    const pod = object as ApiObject & { readonly spec?: PodSpec }
    const autoscaler = autoscalerOf(pod, namespace, this.informers.view)
    return autoscaler === undefined || updateModeOf(autoscaler) === 'Off' ? [] : podPatch(pod, autoscaler)
  }
}
