import type { Cluster } from '../cluster.ts'
import { wallStartOf } from '../cluster/options.ts'
import type { Micros } from '../events/envelope.ts'

/** What a clock without skew shows, as objects' times count. */
export const wallTime = ({ now, options }: Pick<Cluster, 'now' | 'options'>): Micros => wallStartOf(options) + now
