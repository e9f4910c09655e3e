/** What has to be done for one website. Safe to run at any time, and again: every step says how things shall be. */
import type { V1Deployment } from '@kubernetes/client-node'
import { configMapOf, deploymentOf, serviceOf } from './children.ts'
import { FINALIZER, GROUP, type Website, type WebsiteStatus } from './website.ts'
import { APPLY, isCode, MERGE, type World } from './world.ts'

export type Reconcile = (website: Website, world: World) => Promise<void>

export const reconcile: Reconcile = async (website, world) => {
  if (website.metadata?.deletionTimestamp !== undefined) return leave(website, world)
  // First it is written down that there will be something to give back, only then is there.
  if (!isHeld(website)) return hold(website, world)
  await world.dns.point(website.spec.host, `${website.metadata?.name}.${website.metadata?.namespace}.svc`)
  await applySurroundings(website, world)
  await world.apps.patchNamespacedDeployment({ ...asOperator(website), body: deploymentOf(website) }, APPLY)
  await report(website, world.deployments.get(website.metadata?.name ?? '', website.metadata?.namespace), world)
}

const asOperator = ({ metadata: { name = '', namespace = '' } = {} }: Website) =>
  ({ name, namespace, fieldManager: 'website-operator', force: true }) as const

export const applySurroundings = async (website: Website, { core }: World): Promise<void> => {
  await core.patchNamespacedConfigMap({ ...asOperator(website), body: configMapOf(website) }, APPLY)
  await core.patchNamespacedService({ ...asOperator(website), body: serviceOf(website) }, APPLY)
}

export const isHeld = ({ metadata }: Website): boolean => metadata?.finalizers?.includes(FINALIZER) === true

/** With the version that was read: whoever has written in between is not written over, and the key comes again. */
const withFinalizers = async (website: Website, finalizers: readonly string[], { custom }: World): Promise<void> => {
  const { name = '', namespace = '', resourceVersion } = website.metadata ?? {}
  const body = { metadata: { resourceVersion, finalizers } }
  await custom.patchNamespacedCustomObject({ ...GROUP, name, namespace, body }, MERGE)
}

export const hold = (website: Website, world: World): Promise<void> =>
  withFinalizers(website, [...(website.metadata?.finalizers ?? []), FINALIZER], world)

/** What has an owner goes by itself; the name is given back here. */
export const leave = async (website: Website, world: World): Promise<void> => {
  if (!isHeld(website)) return
  await world.dns.release(website.spec.host)
  const others = (website.metadata?.finalizers ?? []).filter((one) => one !== FINALIZER)
  try {
    await withFinalizers(website, others, world)
  } catch (error) {
    if (!isCode(error, 404)) throw error
  }
}

export const report = async (
  website: Website,
  deployment: V1Deployment | undefined,
  { custom }: World,
): Promise<void> => {
  const { name = '', namespace = '', generation } = website.metadata ?? {}
  const { readyReplicas = 0 } = deployment?.status ?? {}
  const isReady = readyReplicas >= website.spec.replicas
  const status: WebsiteStatus = {
    observedGeneration: generation,
    readyReplicas,
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', reason: isReady ? 'Serving' : 'Starting' }],
  }
  if (JSON.stringify(status) === JSON.stringify(inOrder(website.status))) return
  await custom.patchNamespacedCustomObjectStatus({ ...GROUP, name, namespace, body: { status } }, MERGE)
}

const inOrder = ({ observedGeneration, readyReplicas, conditions = [] }: WebsiteStatus = {}): WebsiteStatus => ({
  observedGeneration,
  readyReplicas,
  conditions: conditions.map(({ type, status, reason }) => ({ type, status, reason })),
})
