/** `/metrics`: how far the simulation is, in the text format of Prometheus. */
import type { Cluster } from '../cluster.ts'

export const metricsText = (cluster: Cluster): string =>
  [
    '# HELP seatrial_events_total Events in the log.',
    '# TYPE seatrial_events_total counter',
    `seatrial_events_total ${cluster.log.length}`,
    '# HELP seatrial_virtual_time_seconds Cluster time since its start.',
    '# TYPE seatrial_virtual_time_seconds gauge',
    `seatrial_virtual_time_seconds ${cluster.now / 1_000_000}`,
    '# HELP etcd_revision Revision of the store.',
    '# TYPE etcd_revision gauge',
    `etcd_revision ${cluster.history.head}`,
    '',
  ].join('\n')
