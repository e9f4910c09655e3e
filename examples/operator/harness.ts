/** What tests do with the operator: play its users, start it again, and say what is wrong when all should be well. */
import { CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node'
import { millis, minutes, seconds, type Cluster, type Fault, type InProcessApi } from '../../src/index.ts'
import { LABEL } from './children.ts'
import { startOperator } from './operator.ts'
import { reconcile, type Reconcile } from './reconcile.ts'
import { DEFINITION, GROUP, type Website } from './website.ts'
import { MERGE, type Dns } from './world.ts'

/** Names outside the cluster: here a map, but it remembers what nobody gives back. */
class Names implements Dns {
  readonly records = new Map<string, string>()
  point = async (host: string, to: string): Promise<void> => void this.records.set(host, to)
  release = async (host: string): Promise<void> => void this.records.delete(host)
}

const namespace = 'default'

export class Harness {
  readonly dns = new Names()
  private readonly cluster: Cluster
  private readonly api: InProcessApi
  private readonly config: KubeConfig
  private readonly users: CustomObjectsApi
  private readonly reconcile: Reconcile
  private stopOperator = async (): Promise<void> => {}

  private constructor(cluster: Cluster, api: InProcessApi, config: KubeConfig, how: Reconcile) {
    this.cluster = cluster
    this.api = api
    this.config = config
    this.users = config.makeApiClient(CustomObjectsApi)
    this.reconcile = how
  }

  /** A cluster that knows websites, and an operator that runs. */
  static async start(cluster: Cluster, api: InProcessApi, config: KubeConfig, how = reconcile): Promise<Harness> {
    const it = new Harness(cluster, api, config, how)
    cluster.apply(DEFINITION)
    await api.run(seconds(5))
    await it.restart()
    return it
  }

  /** As after a crash: what it had in memory is lost. */
  async restart(): Promise<void> {
    await this.stop()
    const sleep = (ms: number): Promise<void> => this.api.sleep(millis(ms))
    const starting = startOperator(this.config, { dns: this.dns, sleep, reconcile: this.reconcile })
    let started = false
    void starting.then(() => (started = true))
    await this.api.runUntil(() => started, { within: minutes(2) })
    this.stopOperator = await starting
  }

  async stop(): Promise<void> {
    await this.stopOperator()
    this.stopOperator = async () => {}
  }

  /**
   * Something breaks in a while. Planned, not done: as time stands still but for what requests need, what breaks between
   * two steps breaks nothing that is under way.
   */
  plan(fault: Fault, inMs: number, length: number): void {
    this.cluster.inject(fault, { at: this.cluster.now + millis(inMs), for: seconds(length) })
  }

  async create(name: string, spec: Partial<Website['spec']>): Promise<void> {
    const host = `${name}.example.com`
    const body = { apiVersion: 'example.com/v1', kind: 'Website', metadata: { name }, spec: { host, ...spec } }
    await this.users.createNamespacedCustomObject({ ...GROUP, namespace, body })
  }

  async change(name: string, spec: Partial<Website['spec']>): Promise<void> {
    await this.users.patchNamespacedCustomObject({ ...GROUP, namespace, name, body: { spec } }, MERGE)
  }

  async remove(name: string): Promise<void> {
    await this.users.deleteNamespacedCustomObject({ ...GROUP, namespace, name })
  }

  async status(name: string): Promise<Website['status']> {
    const website: Website = await this.users.getNamespacedCustomObject({ ...GROUP, namespace, name })
    return website.status
  }

  /** Waits until nothing is wrong any more. Gives what still is after ten minutes of cluster time. */
  async settle(): Promise<readonly string[]> {
    const end = this.cluster.now + minutes(10)
    for (;;) {
      const problems = await this.problems()
      if (problems.length === 0 || this.cluster.now >= end) return problems
      await this.api.run(seconds(5))
    }
  }

  private async websites(): Promise<readonly Website[] | undefined> {
    try {
      const list: { items: readonly Website[] } = await this.users.listNamespacedCustomObject({ ...GROUP, namespace })
      return list.items
    } catch {
      return undefined
    }
  }

  /** What a user would complain of. Read from the cluster itself, not through the operator's eyes. */
  async problems(): Promise<readonly string[]> {
    const items = await this.websites()
    if (items === undefined) return ['the API does not answer']
    const wanted = new Map(items.map((website) => [website.metadata?.name ?? '', website]))
    const problems: string[] = []
    for (const [name, { metadata, spec, status }] of wanted) {
      if (metadata?.deletionTimestamp !== undefined) problems.push(`${name} is not gone yet`)
      if (this.dns.records.get(spec.host) === undefined) problems.push(`${name} has no name`)
      const mine = this.cluster.list('Deployment', namespace).filter((one) => one.metadata.labels?.[LABEL] === name)
      if (mine.length !== 1) problems.push(`${name} has ${mine.length} Deployments`)
      const ready = mine.reduce((sum, one) => sum + (one.status?.readyReplicas ?? 0), 0)
      if (ready !== spec.replicas) problems.push(`${name} has ${ready} of ${spec.replicas} Pods`)
      if (status?.readyReplicas !== spec.replicas || status.observedGeneration !== metadata?.generation) {
        problems.push(`${name} says ${JSON.stringify(status)}`)
      }
    }
    for (const host of this.dns.records.keys()) {
      if (!wanted.has(host.replace('.example.com', ''))) problems.push(`${host} was never given back`)
    }
    for (const { metadata } of this.cluster.list('Deployment', namespace)) {
      if (!wanted.has(metadata.labels?.[LABEL] ?? '')) problems.push(`Deployment ${metadata.name} is left over`)
    }
    return problems
  }
}
