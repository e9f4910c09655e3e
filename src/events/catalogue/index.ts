import type * as t from 'io-ts'
import { apiEvents } from './api.ts'
import { cloudEvents } from './cloud.ts'
import { deviceEvents } from './devices.ts'
import { etcdEvents } from './etcd.ts'
import { faultEvents } from './faults.ts'
import { kernelEvents } from './kernel.ts'
import { schedulingEvents } from './scheduling.ts'
import { peopleEvents } from './people.ts'
import { loadBalancingEvents } from './load-balancing.ts'
import { networkingEvents } from './networking.ts'
import { metricsEvents } from './metrics.ts'
import { nodeEvents } from './node.ts'
import { controlEvents } from './control.ts'

/** Everything that can be true in a cluster. Closed: a type that is not here can neither be emitted nor read. */
export const catalogue = {
  ...kernelEvents,
  ...faultEvents,
  ...apiEvents,
  ...etcdEvents,
  ...cloudEvents,
  ...nodeEvents,
  ...deviceEvents,
  ...metricsEvents,
  ...networkingEvents,
  ...controlEvents,
  ...loadBalancingEvents,
  ...schedulingEvents,
  ...peopleEvents,
}

export type EventType = keyof typeof catalogue
export type EventData<T extends EventType> = t.TypeOf<(typeof catalogue)[T]['data']>
