/** An operator as it would be shipped: informers wake keys, one worker reconciles them, what fails comes again. */
import { ListWatch, Watch, type KubeConfig, type V1Deployment } from '@kubernetes/client-node'
import { LABEL } from './children.ts'
import { reconcile, type Reconcile } from './reconcile.ts'
import { GROUP, type Website } from './website.ts'
import { clientsOf, isCode, type Dns, type World } from './world.ts'
import { Worker } from './worker.ts'

export interface OperatorOptions {
  readonly dns: Dns
  /** How it waits. A test gives it the time of the cluster. */
  readonly sleep?: (ms: number) => Promise<void>
  readonly reconcile?: Reconcile
  readonly log?: (line: string) => void
}

const wallClock = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Starts it. Gives how to stop it; it may be started again, as after a crash. */
export const startOperator = async (config: KubeConfig, options: OperatorOptions): Promise<() => Promise<void>> => {
  const { dns, sleep = wallClock, log = () => {} } = options
  const sync = options.reconcile ?? reconcile
  const clients = clientsOf(config)
  const listWebsites = () => clients.custom.listCustomObjectForAllNamespaces(GROUP)
  const listDeployments = () => clients.apps.listDeploymentForAllNamespaces({ labelSelector: LABEL })
  const watch = new Watch(config)
  const websites = new ListWatch<Website>('/apis/example.com/v1/websites', watch, listWebsites, false)
  const deployments = new ListWatch<V1Deployment>('/apis/apps/v1/deployments', watch, listDeployments, false, LABEL)
  const world: World = { ...clients, dns, websites, deployments }

  const worker = new Worker(sleep, async (key) => {
    const [namespace = '', name = ''] = key.split('/')
    const website = websites.get(name, namespace)
    if (website === undefined) return
    try {
      await sync(website, world)
    } catch (error) {
      log(`${key}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
      // Gone since it was read: its deletion has been done.
      if (!isCode(error, 404) || websites.get(name, namespace) !== undefined) throw error
    }
  })
  for (const event of ['add', 'update', 'delete'] as const) {
    websites.on(event, ({ metadata }) => worker.wake(`${metadata?.namespace}/${metadata?.name}`))
    deployments.on(event, ({ metadata }) => worker.wake(`${metadata?.namespace}/${metadata?.labels?.[LABEL]}`))
  }

  let stopped = false
  // Websites last: the cache of what they have is complete when the first one is looked at.
  for (const informer of [deployments, websites] as const) {
    // A watch ends when its API server does. What is started again goes on where it was, or lists if that is too old.
    informer.on('error', () => void sleep(1_000).then(() => (stopped ? undefined : informer.start())))
    await informer.start()
    // A list that failed is told to the handler above; before there is one, nothing is known.
    while (informer.latestResourceVersion() === '') await sleep(500)
  }
  return async () => {
    stopped = true
    worker.stop()
    await websites.stop()
    await deployments.stop()
  }
}
