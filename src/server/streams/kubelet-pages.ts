/** What a kubelet's own server says to who asks through the API server: nodes/<name>/proxy/… */
import type { Cluster } from '../../cluster.ts'
import { seconds } from '../../events/time.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { wallTime } from '../wall-time.ts'
import { kubeletConfiguration } from './kubelet-configuration.ts'
import { FAILED_SCRAPE, nodeUsage, resourceMetrics, summaryOf, type NodeUsage } from './kubelet-stats.ts'
import type { OutsideCalls } from './outside-calls.ts'

export interface Page {
  readonly code: number
  readonly type: string
  readonly text: string
}

/**
 * The page at a path of a node's kubelet.
 *
 * Abridged: its health, its Pods, what they use, its configuration; no metrics of its own or of cAdvisor, no logs of the machine.
 * Source: pkg/kubelet/server/server.go, InstallAuthNotRequiredHandlers and InstallAuthRequiredHandlers (v1.36).
 */
export const kubeletPage = async (
  path: string,
  node: Node,
  cluster: Pick<Cluster, 'list' | 'now' | 'options'>,
  calls: Pick<OutsideCalls, 'usage'>,
): Promise<Page> => {
  const { name } = node.metadata
  switch (path) {
    case '/healthz':
    case '/healthz/':
    case '/healthz/ping':
      return plain(200, 'ok')
    case '/pods':
    case '/pods/':
      return { code: 200, type: 'application/json', text: JSON.stringify(podsOf(name, cluster)) }
    case '/configz':
      return json({ kubeletconfig: kubeletConfiguration(node) })
    case '/stats/summary':
    case '/stats/summary/': {
      const usage = await usageOf(node, cluster, calls)
      return usage === undefined ? plain(500, NO_STATS) : json(summaryOf(usage))
    }
    case '/metrics/resource': {
      const usage = await usageOf(node, cluster, calls)
      return { code: 200, type: METRICS_TYPE, text: usage === undefined ? FAILED_SCRAPE : resourceMetrics(usage) }
    }
    default:
      return plain(404, '404 page not found\n')
  }
}

const usageOf = async (
  node: Node,
  cluster: Pick<Cluster, 'list' | 'now' | 'options'>,
  calls: Pick<OutsideCalls, 'usage'>,
): Promise<NodeUsage | undefined> => {
  const reported = await calls.usage(node.metadata.name, PATIENCE)
  if (reported === undefined) return undefined
  return nodeUsage(node, itemsOf(node.metadata.name, cluster), reported, wallTime(cluster))
}

/** A machine that is asked by its own kubelet answers at once, or is not there. */
const PATIENCE = seconds(5)
const NO_STATS = 'Internal Error: failed to get node stats'
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

/** Source: pkg/kubelet/server/stats/handler.go, handleSummary: indented. */
const json = (object: object): Page => ({
  code: 200,
  type: 'application/json',
  text: JSON.stringify(object, undefined, 1),
})

const plain = (code: number, text: string): Page => ({ code, type: 'text/plain; charset=utf-8', text })

const podsOf = (node: string, cluster: Pick<Cluster, 'list'>): object => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: {},
  items: itemsOf(node, cluster),
})

const itemsOf = (node: string, cluster: Pick<Cluster, 'list'>): readonly Pod[] =>
  cluster.list('Pod').filter(({ spec }) => spec.nodeName === node)
