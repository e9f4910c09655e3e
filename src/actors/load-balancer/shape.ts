import type { Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'

/** How a load balancer in front of API servers behaves. */
export interface LoadBalancerShape {
  /** Which backend a new connection goes to: each in turn, or the one with the fewest. */
  readonly policy: 'roundrobin' | 'leastconn'
  /** What is asked of a backend; anything but 200 is a failure. */
  readonly path: string
  /** Time between two checks of a backend that is up, and of one that is down. */
  readonly interval: Micros
  readonly downInterval: Micros
  /** How long a check may take. */
  readonly timeout: Micros
  /** After how many failed checks in a row a backend is down; after how many good ones it is up again. */
  readonly fall: number
  readonly rise: number
  /** Whether connections to a backend are broken when it is found down, as HAProxy's `on-marked-down shutdown-sessions`. */
  readonly breaksSessions: boolean
}

/** Source: kubeadm's guide to high availability, haproxy.cfg: inter 10s downinter 5s rise 2 fall 2, balance roundrobin. */
export const DEFAULT_LOAD_BALANCER: LoadBalancerShape = {
  policy: 'roundrobin',
  path: '/readyz',
  interval: seconds(10),
  downInterval: seconds(5),
  timeout: seconds(5),
  fall: 2,
  rise: 2,
  breaksSessions: true,
}
