/** PLANTED BUG. It remembers which Deployments it has made, and creates those that it does not remember. */
import { deploymentOf } from './children.ts'
import { applySurroundings, hold, isHeld, leave, report, type Reconcile } from './reconcile.ts'
import type { Website } from './website.ts'
import { MERGE, type World } from './world.ts'

/** Names of Deployments by the uid of their website, for each life of the operator. */
const memories = new WeakMap<World, Map<string, string>>()

export const reconcileFromMemory: Reconcile = async (website, world) => {
  if (website.metadata?.deletionTimestamp !== undefined) return leave(website, world)
  if (!isHeld(website)) return hold(website, world)
  await world.dns.point(website.spec.host, `${website.metadata?.name}.${website.metadata?.namespace}.svc`)
  await applySurroundings(website, world)
  const { namespace = '', uid = '' } = website.metadata ?? {}
  const made = memories.get(world) ?? new Map<string, string>()
  memories.set(world, made)
  const name = made.get(uid) ?? (await create(website, world))
  made.set(uid, name)
  const body = { spec: deploymentOf(website).spec }
  await world.apps.patchNamespacedDeployment({ name, namespace, body }, MERGE)
  await report(website, world.deployments.get(name, namespace), world)
}

const create = async (website: Website, { apps }: World): Promise<string> => {
  const { metadata, ...rest } = deploymentOf(website)
  const { name = '', namespace = '' } = website.metadata ?? {}
  const body = { ...rest, metadata: { ...metadata, name: undefined, generateName: `${name}-` } }
  const created = await apps.createNamespacedDeployment({ namespace, body })
  return created.metadata?.name ?? ''
}
