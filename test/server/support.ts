/** A cluster that listens, and a client with a certificate, closed together. */
import { createCluster, type Cluster, type CreateOptions } from '../../src/cluster.ts'
import type { Listening, ListenOptions } from '../../src/cluster/listen.ts'
import { WireClient } from './transcripts/client.ts'

export interface Stand {
  readonly cluster: Cluster
  readonly api: Listening
  readonly client: WireClient
  /** Another connection, without a certificate. */
  readonly stranger: WireClient
  close(): Promise<void>
}

export const listening = async (options: CreateOptions = {}, listen: ListenOptions = {}): Promise<Stand> => {
  const cluster = createCluster({ nodes: 0, ...options })
  const api = await cluster.listen({ speed: 'stepped', ...listen })
  const { ca, users } = api.certificates
  const client = new WireClient(api.url, ca, Object.values(users)[0])
  const stranger = new WireClient(api.url, ca)
  return {
    cluster,
    api,
    client,
    stranger,
    close: async () => {
      client.close()
      stranger.close()
      await api.close()
    },
  }
}

export const json = (body: unknown): { readonly headers: Record<string, string>; readonly body: string } => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

export const configMap = (name: string, data: Readonly<Record<string, string>> = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
