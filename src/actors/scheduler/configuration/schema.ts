/**
 * What a KubeSchedulerConfiguration may say. Source: staging/src/k8s.io/kube-scheduler/config/v1/{types,types_pluginargs}.go (v1.36).
 */
import { EXTENSION_POINTS } from '../framework/configuration.ts'
import { anything, api, boolean, integer, list, object, oneOf, text, type Shape } from './shape.ts'

const plugin = object({ name: text, weight: integer })
const pluginSet = object({ enabled: list(plugin), disabled: list(plugin) })
const resources = list(object({ name: text, weight: integer }))

/** Accepted and without effect: what they set is not simulated. */
const INERT = {
  healthzBindAddress: text,
  metricsBindAddress: text,
  enableProfiling: boolean,
  enableContentionProfiling: boolean,
  delayCacheUntilActive: boolean,
} as const

export const CONFIGURATION: Shape = object({
  apiVersion: text,
  kind: text,
  ...INERT,
  parallelism: integer,
  percentageOfNodesToScore: integer,
  podInitialBackoffSeconds: integer,
  podMaxBackoffSeconds: integer,
  leaderElection: object({
    ...{ leaderElect: boolean, leaseDuration: text, renewDeadline: text, retryPeriod: text },
    ...{ resourceLock: text, resourceName: text, resourceNamespace: text },
  }),
  clientConnection: object({
    ...{ kubeconfig: text, acceptContentTypes: text, contentType: text },
    ...{ qps: integer, burst: integer },
  }),
  extenders: list(anything),
  profiles: list(
    object({
      schedulerName: text,
      percentageOfNodesToScore: integer,
      plugins: object(Object.fromEntries([...EXTENSION_POINTS, 'multiPoint'].map((point) => [point, pluginSet]))),
      pluginConfig: list(object({ name: text, args: anything })),
    }),
  ),
})

const TYPE = { apiVersion: text, kind: text }

/** Arguments of the plugins that take any. */
export const PLUGIN_ARGS: Readonly<Record<string, Shape>> = {
  DefaultPreemption: object({ ...TYPE, minCandidateNodesPercentage: integer, minCandidateNodesAbsolute: integer }),
  InterPodAffinity: object({
    ...TYPE,
    hardPodAffinityWeight: integer,
    ignorePreferredTermsOfExistingPods: boolean,
  }),
  NodeAffinity: object({ ...TYPE, addedAffinity: api('core/v1.NodeAffinity') }),
  NodeResourcesBalancedAllocation: object({ ...TYPE, resources }),
  NodeResourcesFit: object({
    ...TYPE,
    ignoredResources: list(text),
    ignoredResourceGroups: list(text),
    scoringStrategy: object({
      type: oneOf('LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'),
      resources,
      requestedToCapacityRatio: object({ shape: list(object({ utilization: integer, score: integer })) }),
    }),
  }),
  PodTopologySpread: object({
    ...TYPE,
    defaultConstraints: list(api('core/v1.TopologySpreadConstraint')),
    defaultingType: oneOf('System', 'List'),
  }),
  VolumeBinding: object({ ...TYPE, bindTimeoutSeconds: integer, shape: list(anything) }),
}
