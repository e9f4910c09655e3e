/** Seatrial: a Kubernetes cluster as an event-sourced actor system, as a library. */
export { createCluster, ManifestError, RunFailure, type Cluster, type CreateOptions } from './cluster.ts'
export {
  crash,
  delay,
  ETCD_LEADER,
  fullDisk,
  kill,
  loss,
  oneWayPartition,
  partition,
  pause,
  skew,
  slowDisk,
  type Fault,
} from './cluster/fault.ts'
export type { ClientUser, Listening, ListenOptions, Speed } from './cluster/listen.ts'
export type { AddonSpec } from './cluster/addon-options.ts'
export type { CloudSpec, NodeGroupSpec } from './cluster/cloud-options.ts'
export type { ClientSpec, ClusterOptions, NodeShape } from './cluster/options.ts'
export type { EventOf, LogEvent, Micros, Seq } from './events/envelope.ts'
export { hours, micros, millis, minutes, seconds } from './events/time.ts'
export type { Kind, KindMap } from './kubernetes/kinds.ts'
export type { View } from './kubernetes/view.ts'
export { renderTimeline, type TimelineRow } from './projections/timeline.ts'
export {
  renderExplanation,
  type NodeVerdict,
  type PluginScore,
  type ScheduleExplanation,
} from './projections/schedule-explanation.ts'
export { SchedulerConfigurationError, type SchedulerSpec } from './cluster/schedulers.ts'
export type { PluginHandle, SchedulerPlugin, SchedulerPluginDefinition } from './actors/scheduler/framework/plugin.ts'
export type { NodeInfo } from './actors/scheduler/framework/node-info.ts'
export type { PodInfo } from './actors/scheduler/framework/pod-info.ts'
export { CycleState, StateKey } from './actors/scheduler/framework/cycle-state.ts'
export { failure, SKIP, unresolvable, unschedulable, type Status } from './actors/scheduler/framework/status.ts'
export type { KubeSchedulerConfiguration } from './actors/scheduler/framework/configuration.ts'
export { renderWhy, type WhyStep } from './projections/why.ts'
export { readRecording } from './events/file/recording-reader.ts'
export { openRecord } from './replay/record.ts'
export { reexecute } from './replay/reexecute.ts'
export { serveInProcess, type ClientConfig, type InProcessApi, type InProcessOptions } from './server/in-process.ts'
export { parseFault, type PlannedFault } from './chaos/fault-script.ts'
