import type { ClusterOptions } from '../cluster/options.ts'
import { BadInput } from './exit-codes.ts'

/** How a node group is written on the command line. */
export const NODE_GROUP_GRAMMAR = 'NAME:MIN-MAX[:CPU[:MEMORY]]'

export interface AutoscalingOptions {
  /** As `NODE_GROUP_GRAMMAR` says. Any brings a cloud and cluster-autoscaler with it. */
  readonly nodeGroups: readonly string[]
  /** Whether VerticalPodAutoscalers are installed. */
  readonly vpa: boolean
}

/** What a cluster is given for these words. @throws BadInput */
export const autoscaling = ({ nodeGroups, vpa }: AutoscalingOptions): Pick<ClusterOptions, 'cloud' | 'addons'> => {
  const groups = nodeGroups.map(parseNodeGroup)
  const vertical = vpa ? { verticalPodAutoscaler: true } : {}
  if (groups.length === 0) return vpa ? { addons: vertical } : {}
  return { cloud: { nodeGroups: groups }, addons: { clusterAutoscaler: {}, ...vertical } }
}

const parseNodeGroup = (text: string) => {
  const [, name, min, max, cpu, memory] =
    /^([a-z0-9-]+):(\d{1,4})-(\d{1,4})(?::([0-9m.]+))?(?::([0-9.]+[A-Za-z]*))?$/.exec(text) ?? []
  if (name === undefined || min === undefined || max === undefined || Number(min) > Number(max) || name === 'node') {
    throw new BadInput([`node group "${text}": expected ${NODE_GROUP_GRAMMAR}, e.g. pool:0-5:4:16Gi`])
  }
  return {
    ...{ name, min: Number(min), max: Number(max) },
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
  }
}
