import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toStderr } from './colours.ts'
import { nodesReady } from '../cluster/nodes-ready.ts'
import { createCluster, type Cluster } from '../cluster.ts'
import type { ClientUser, Speed } from '../cluster/listen.ts'
import { millis, seconds } from '../events/time.ts'
import { autoscaling, type AutoscalingOptions } from './autoscaling.ts'
import { BadInput, CONVERGED, NOT_CONVERGED } from './exit-codes.ts'
import { openKept } from './kept-cluster.ts'
import { readManifests, servedOf } from './manifests.ts'
import { openRecorder } from './recorder.ts'

export interface UpOptions {
  readonly files: readonly string[]
  /** By server-side apply. */
  readonly serverSide: boolean
  readonly nodes: number
  readonly controlPlane: 1 | 3
  readonly seed: number
  readonly port: number
  /** Where the kubeconfig is kept; by default in a file that goes with the cluster. */
  readonly kubeconfig?: string
  /** `alice:system:masters,bob:developers`. */
  readonly users?: string
  readonly speed: Speed
  readonly record?: string
  /** A folder that keeps the cluster from one start to the next. */
  readonly data?: string
  readonly autoscaling: AutoscalingOptions
}

/** So long before the present the cluster's time begins, for its nodes to be up when it is shown. */
const BOOT_MS = 10_000
/** The same where there are files to apply: what they ask for is up as well. */
const BOOT_WITH_FILES_MS = 60_000

/** Nodes join within this of cluster time, unless something keeps them. */
const NODES_WITHIN = seconds(60)

/** `seatrial up`: a cluster for real clients, until it is interrupted. Gives the exit code. @throws BadInput */
export const up = async (options: UpOptions): Promise<number> => {
  if (options.kubeconfig !== undefined) checkWritable(options.kubeconfig)
  const autoscalers = autoscaling(options.autoscaling)
  const manifests = readManifests(options.files, autoscalers.addons)
  const users = options.users === undefined ? undefined : await withAdministrator(parseUsers(options.users))
  // Real clients meet what real clusters have.
  const authorization = 'RBAC' as const
  const managedFields = 'tracked' as const
  const { seed, nodes, controlPlane, port, speed } = options
  const bootMs = manifests.length > 0 ? BOOT_WITH_FILES_MS : BOOT_MS
  const startTime = new Date(Date.now() - bootMs).toISOString()
  const given = {
    seed,
    nodes,
    controlPlane,
    authorization,
    // An account and a token for each controller would make a third more of events before the first prompt.
    useServiceAccountCredentials: false,
    managedFields,
    startTime,
    callsWebhooks: true,
    ...autoscalers,
  }
  const recorder = options.record === undefined ? undefined : openRecorder(options.record, given)
  const create = { ...given, sinks: recorder === undefined ? [] : [recorder.sink] }
  const kept = options.data === undefined ? undefined : await openKept(options.data, create)
  const cluster = kept?.cluster ?? createCluster(create)
  const objects = servedOf(manifests)
  if (kept?.isRestored !== true) {
    cluster.runUntil(nodesReady, { within: NODES_WITHIN })
    if (objects.length > 0) cluster.apply(objects, { serverSide: options.serverSide })
  } else if (objects.length > 0) {
    process.stderr.write(
      `${toStderr.yellow('note')} the files were applied when the cluster began; use kubectl apply now\n`,
    )
  }

  catchUp(cluster, speed, bootMs)
  const end = new Ending()
  const listen = { port, speed, onFailure: end.fail, ...(users === undefined ? {} : { users }) }
  const api = await (kept?.listen(listen) ?? listening(cluster, listen))
  const path = options.kubeconfig ?? join(tmpdir(), `seatrial-${new URL(api.url).port}.kubeconfig`)
  writeFileSync(path, api.kubeconfig, { mode: 0o600 })
  process.stderr.write(
    `${toStderr.green('ready')} ${api.url}; paste this, end with Ctrl-C:\nexport KUBECONFIG=${path}\n`,
  )
  await end.reached
  await api.close()
  if (options.kubeconfig === undefined) rmSync(path, { force: true })
  recorder?.close(cluster)
  kept?.close()
  if (end.failure === undefined) return CONVERGED
  process.stderr.write(`${toStderr.red('error')} ${end.failure}\n`)
  return NOT_CONVERGED
}

/** Told before a cluster is up that would have to be put down again. */
const checkWritable = (kubeconfig: string): void => {
  try {
    closeSync(openSync(kubeconfig, 'a', 0o600))
  } catch (error) {
    throw new BadInput([`--kubeconfig: ${error instanceof Error ? error.message : String(error)}`])
  }
}

/** Lets pass what the wall clock is ahead by: clients compare the cluster's times with their own clock. */
const catchUp = (cluster: Cluster, speed: Speed, bootMs: number): void => {
  const { startTime } = cluster.options
  if (speed !== 1 || startTime === undefined) return
  const aheadMs = Date.now() - Date.parse(startTime)
  cluster.run(Math.max(0, Math.min(aheadMs * 1000 - cluster.now, millis(bootMs))))
}

/** A port that is taken is the caller's mistake, as a file that is not there. */
const listening = async (
  cluster: Cluster,
  options: Parameters<Cluster['listen']>[0],
): ReturnType<Cluster['listen']> => {
  try {
    return await cluster.listen(options)
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new BadInput([error.message])
    throw error
  }
}

/** What ends the command: an interruption, or a programmer's error in the cluster. */
class Ending {
  readonly reached: Promise<void>
  failure: string | undefined
  private end: () => void = () => {}

  constructor() {
    this.reached = new Promise((resolve) => (this.end = resolve))
    process.once('SIGINT', () => this.end())
    process.once('SIGTERM', () => this.end())
  }

  readonly fail = (error: unknown): void => {
    this.failure = error instanceof Error ? error.message : String(error)
    this.end()
  }
}

/** In a cluster of people without rights somebody has to give them some; the first named is still the one that kubectl is. */
const withAdministrator = async (users: readonly ClientUser[]): Promise<readonly ClientUser[]> => {
  const { ADMINISTRATOR } = await import('../server/listen.ts')
  const [masters = ''] = ADMINISTRATOR.groups ?? []
  const isThere = users.some(({ name, groups = [] }) => name === ADMINISTRATOR.name || groups.includes(masters))
  return isThere ? users : [...users, ADMINISTRATOR]
}

/** `NAME[:GROUP]` with commas between; a group may have colons of its own. */
const parseUsers = (text: string): readonly ClientUser[] =>
  text.split(',').map((part) => {
    const colon = part.indexOf(':')
    const name = (colon < 0 ? part : part.slice(0, colon)).trim()
    if (name === '') throw new BadInput([`users: "${part}" has no name; expected NAME:GROUP,NAME:GROUP`])
    return { name, groups: colon < 0 ? [] : [part.slice(colon + 1).trim()] }
  })
