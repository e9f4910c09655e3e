/** What a kubelet's own server says to who asks through the API server: nodes/<name>/proxy/… */
import type { Cluster } from '../../cluster.ts'

export interface Page {
  readonly code: number
  readonly type: string
  readonly text: string
}

/**
 * The page at a path of a node's kubelet.
 *
 * Abridged: its health and its Pods; no statistics, metrics, configuration or logs of the machine.
 * Source: pkg/kubelet/server/server.go, InstallDefaultHandlers (v1.36).
 */
export const kubeletPage = (path: string, node: string, cluster: Pick<Cluster, 'list'>): Page => {
  switch (path) {
    case '/healthz':
    case '/healthz/':
    case '/healthz/ping':
      return plain(200, 'ok')
    case '/pods':
    case '/pods/':
      return { code: 200, type: 'application/json', text: JSON.stringify(podsOf(node, cluster)) }
    default:
      return plain(404, '404 page not found\n')
  }
}

const plain = (code: number, text: string): Page => ({ code, type: 'text/plain; charset=utf-8', text })

const podsOf = (node: string, cluster: Pick<Cluster, 'list'>): object => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: {},
  items: cluster.list('Pod').filter(({ spec }) => spec.nodeName === node),
})
