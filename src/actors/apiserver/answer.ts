import type { EventData } from '../../events/catalogue/index.ts'
import type { Status } from '../../kubernetes/status.ts'

/** What a request is answered with. An object is named by the revision that wrote it. */
export type Answer = Omit<EventData<'ApiResponded'>, 'request'>

export const refusal = (status: Status): Answer => ({ code: status.code ?? 500, status })

/** An object as it stands in the store at `revision`. */
export const answerObject = (code: 200 | 201, name: string, revision: number): Answer => ({ code, name, revision })

/** An object that is stored nowhere: of a dry run, of a subresource. */
export const answerBody = (code: 200 | 201, name: string, object: unknown): Answer => ({ code, name, object })
