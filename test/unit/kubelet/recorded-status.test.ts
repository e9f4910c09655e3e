/**
 * Goal: the status that our kubelet generates is the one that real kubelets of v1.36.2 wrote.
 * Method: every status patch by a kubelet in the recordings. From what the API server answered we take what the runtime
 * must have shown (containers, sandbox, probes), generate the status, and compare phase, conditions and container
 * statuses with the recorded ones. Left out: digests and ids, which a fake runtime made up there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { finalStatus, generateStatus } from '../../../src/actors/kubelet/status/generate.ts'
import { statusPatch, withOthers } from '../../../src/actors/kubelet/status/patch.ts'
import type { PodState, RuntimeContainer } from '../../../src/actors/kubelet/runtime/pod-state.ts'
import { sameJson } from '../../../src/kubernetes/hash.ts'
import { EPOCH_SECONDS, parseTime } from '../../../src/kubernetes/time.ts'
import type { ContainerStatus } from '../../../src/kubernetes/types/container.ts'
import type { Pod, PodStatus } from '../../../src/kubernetes/types/pod.ts'

const recordings = new URL('../../../../shared/recordings/', import.meta.url).pathname
const scenarios = existsSync(recordings) ? readdirSync(recordings).filter((name) => /^\d\d-/.test(name)) : []

interface AuditLine {
  readonly verb: string
  readonly stageTimestamp: string
  readonly user: { readonly username: string }
  readonly objectRef?: {
    readonly resource?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
  }
  readonly responseStatus?: { readonly code?: number }
  readonly requestObject?: { readonly status?: PatchedStatus }
  readonly responseObject?: Pod
}

const linesOf = (scenario: string): readonly AuditLine[] =>
  gunzipSync(readFileSync(`${recordings}${scenario}/audit.jsonl.gz`))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): AuditLine => JSON.parse(line))

interface Write {
  readonly scenario: string
  /** As the API showed it before. */
  readonly before: Pod
  readonly after: Pod
  readonly at: number
  /** The patch. */
  readonly written: PatchedStatus
}

interface PatchedStatus extends Readonly<Record<string, unknown>> {
  readonly conditions?: readonly { readonly type: string }[]
}

/** A binding answers without the Pod; it writes this condition and clears the nomination. */
const bind = (pods: Map<string, Pod>, { namespace, name }: NonNullable<AuditLine['objectRef']>): void => {
  for (const [uid, pod] of pods) {
    const { metadata, status } = pod
    if (metadata.name !== name || metadata.namespace !== namespace || status?.hostIP !== undefined) continue
    const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null } as const
    const others = (status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
    const conditions = [...others, scheduled]
    pods.set(uid, { ...pod, status: { ...status, conditions, nominatedNodeName: undefined } })
  }
}

/** Status patches of running kubelets, with the Pod before and after. */
const kubeletWrites = (scenario: string): readonly Write[] => {
  const pods = new Map<string, Pod>()
  const writes: Write[] = []
  for (const line of linesOf(scenario)) {
    const { objectRef, responseObject: after, responseStatus, user, stageTimestamp } = line
    if (objectRef?.resource !== 'pods' || (responseStatus?.code ?? 500) >= 300) continue
    if (objectRef.subresource === 'binding') bind(pods, objectRef)
    if (after?.kind !== 'Pod') continue
    const before = pods.get(after.metadata.uid)
    pods.set(after.metadata.uid, after)
    if (!/^system:node:node-\d+$/.test(user.username) || objectRef.subresource !== 'status' || before === undefined)
      continue
    const written = line.requestObject?.status
    if (written === undefined) continue
    writes.push({ scenario, before, after, at: parseTime(stageTimestamp) ?? 0, written })
  }
  return writes
}

const containerFrom = (status: ContainerStatus): RuntimeContainer | undefined => {
  const { running, terminated } = status.state ?? {}
  if (status.containerID === undefined || (running === undefined && terminated === undefined)) return undefined
  const id = status.containerID.slice('fakeRuntime://'.length)
  const base = { id, name: status.name, image: status.image, restartCount: status.restartCount }
  const startedAt = parseTime((running ?? terminated)?.startedAt ?? '') ?? 0
  if (terminated === undefined) return { ...base, startedAt }
  const { exitCode, reason = '', finishedAt = '' } = terminated
  return { ...base, startedAt, end: { exitCode, reason, finishedAt: parseTime(finishedAt) ?? 0 } }
}

/** What the runtime must have shown for this status to be written. */
const stateBehind = ({ after }: Write): PodState => {
  const { initContainerStatuses = [], containerStatuses = [], conditions = [], podIP } = after.status ?? {}
  const containers = [...initContainerStatuses, ...containerStatuses]
    .map(containerFrom)
    .filter((one) => one !== undefined)
  const ready = conditions.some(({ type, status }) => type === 'PodReadyToStartContainers' && status === 'True')
  const sandbox = ready || podIP !== undefined ? { id: 's', ip: podIP ?? '', attempt: 0, ready } : undefined
  return { sandbox, containers }
}

const generated = (write: Write): PodStatus => {
  const { before, after, at } = write
  // An eviction's condition shows only in the next answer that carries the Pod.
  const status = withOthers(after.status, before.status ?? {})
  // The kubelet's view may have been behind: what it had seen is what it says that it observed.
  const metadata = { ...after.metadata, generation: after.status?.observedGeneration }
  const pod: Pod = { ...after, metadata, status }
  const shown = [...(after.status?.containerStatuses ?? []), ...(after.status?.initContainerStatuses ?? [])]
  const isLast = shown.some(({ state }) => state?.terminated?.message?.endsWith('when the pod was terminated') === true)
  const isTerminal =
    after.metadata.deletionTimestamp !== undefined && shown.every(({ state }) => state?.running === undefined)
  const made = generateStatus({
    pod,
    state: stateBehind(write),
    previous: before.status,
    // The last patch was made from an older version of the Pod, see resources.ts.
    seenPhase: Object.keys(write.written).join() === 'resources' ? 'Running' : before.status?.phase,
    isTerminal,
    nodeIP: after.status?.hostIP ?? '',
    now: at,
    waitingReason: () => undefined,
    health: (name) => {
      const recorded = shown.find((one) => one.name === name)
      return { started: recorded?.started === true, ready: recorded?.ready === true }
    },
  })
  return isLast ? finalStatus(pod, made) : made
}

const noId = ({
  containerID: _,
  ...rest
}: {
  readonly containerID?: string
  readonly [key: string]: unknown
}): object => Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null))

/** What is compared: no digests, no ids, and of the fake runtime's memory request of 0 nothing. */
const comparable = (status: PodStatus | undefined): Readonly<Record<string, unknown>> => ({
  phase: status?.phase,
  conditions: (status?.conditions ?? [])
    .map(({ type, status: is, reason, message, observedGeneration }) => ({
      type,
      is,
      reason,
      message,
      observedGeneration,
    }))
    .sort((a, b) => (a.type < b.type ? -1 : 1)),
  containers: [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].map(
    ({ name, state, lastState, ready, started, restartCount, image, allocatedResources, volumeMounts }) => ({
      name,
      ready,
      started,
      restartCount,
      image,
      allocatedResources,
      volumeMounts,
      waiting: state?.waiting,
      running: state?.running !== undefined,
      terminated:
        state?.terminated === undefined
          ? undefined
          : noId({ ...state.terminated, reason: state.terminated.reason ?? '' }),
      lastTerminated: lastState?.terminated === undefined ? undefined : noId({ ...lastState.terminated }),
    }),
  ),
  // The condition of the sandbox is written before its address.
  addresses: [status?.hostIP, status?.podIP === '' ? undefined : status?.podIP],
  observedGeneration: status?.observedGeneration,
  qosClass: status?.qosClass,
  allocatedResources: status?.allocatedResources,
})

describe.skipIf(scenarios.length === 0)('statuses of the recordings (../shared/recordings must be there)', () => {
  const writes = scenarios.flatMap(kubeletWrites)

  test('there are many', () => {
    expect(writes.length).toBeGreaterThan(800)
    expect(EPOCH_SECONDS).toBeGreaterThan(0)
  })

  test('are generated as real kubelets wrote them', () => {
    const wrong: unknown[] = []
    for (const write of writes) {
      const ours = comparable(generated(write))
      const theirs = comparable(write.after.status)
      for (const key of Object.keys(theirs)) {
        if (sameJson(ours[key], theirs[key])) continue
        const pod = write.after.metadata.name
        wrong.push({ scenario: write.scenario, pod, key, ours: ours[key], theirs: theirs[key] })
      }
    }
    expect(wrong.slice(0, 3)).toEqual([])
    expect(wrong).toHaveLength(0)
  })

  test('are told with patches of the same members', () => {
    const wrong: unknown[] = []
    for (const write of writes) {
      const status = withOthers(write.after.status, write.before.status ?? {})
      const patch = statusPatch('', status, withArtefacts(generated(write), write.after.status))
      const [ours, theirs] = [membersOf(patch?.status), membersOf(write.written)]
      if (!sameJson(ours, theirs))
        wrong.push({ scenario: write.scenario, pod: write.after.metadata.name, ours, theirs })
    }
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

/** What the fake runtime made up; and a sandbox's condition is written before its address. */
const withArtefacts = (status: PodStatus, recorded: PodStatus | undefined): PodStatus => {
  const asRecorded = (one: ContainerStatus): ContainerStatus => {
    const all = [...(recorded?.containerStatuses ?? []), ...(recorded?.initContainerStatuses ?? [])]
    const { imageID = '', containerID, resources, state, lastState } = all.find(({ name }) => name === one.name) ?? {}
    return { ...one, imageID, containerID, resources, state, lastState }
  }
  return {
    ...status,
    podIP: status.podIP === '' ? undefined : status.podIP,
    podIPs: status.podIP === '' ? undefined : status.podIPs,
    containerStatuses: status.containerStatuses?.map(asRecorded),
    initContainerStatuses: status.initContainerStatuses?.map(asRecorded),
  }
}

/**
 * Names of the members, and of the conditions in them. Where two statuses of a kubelet went out as one patch, the second
 * may be the one that drops the resources: beside other members they do not count.
 */
const membersOf = (status: PatchedStatus | undefined): readonly string[] => {
  const members = Object.keys(status ?? {}).filter((name) => !name.startsWith('$setElementOrder'))
  const names = members.length === 1 ? members : members.filter((name) => name !== 'resources')
  return [...names.sort(), ...(status?.conditions ?? []).map(({ type }) => type).sort()]
}
