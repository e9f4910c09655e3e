/** Pods and PodTemplates as rows. Source: pkg/printers/internalversion/printers.go, printPod (v1.36). */
import type { Micros } from '../../events/envelope.ts'
import type { Draft } from '../draft.ts'
import type { ContainerStatus } from '../types/container.ts'
import type { Pod, PodTemplate } from '../types/pod.ts'
import { age, humanDuration, timeOf } from './age.ts'
import { containerImages, containerNames, labelsText, nameOf } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME, wide, type TableRowCondition } from './table.ts'

type ShownPod = Draft<Pod>
type ShownStatus = Draft<ContainerStatus>

/** What the columns Ready, Status and Restarts tell, while it is being counted. */
interface Summary {
  status: string
  ready: number
  restarts: number
  /** When a container last ended that was started again; 0 BC, so to speak, where none was. */
  lastRestart: Micros
}

const NEVER: Micros = Number.MIN_SAFE_INTEGER

export const pods = printer<Pod>(
  [
    NAME,
    column('Ready'),
    column('Status'),
    column('Restarts'),
    AGE,
    wide('IP'),
    wide('Node'),
    wide('Nominated Node'),
    wide('Readiness Gates'),
  ],
  (pod, now) => {
    const { status, ready, restarts, lastRestart } = summaryOf(pod)
    return [
      nameOf(pod),
      `${ready}/${(pod.spec?.containers?.length ?? 0) + sidecars(pod)}`,
      status,
      restarts === 0 || lastRestart === NEVER ? `${restarts}` : `${restarts} (${humanDuration(now - lastRestart)} ago)`,
      age(pod, now),
      orNone(pod.status?.podIPs?.[0]?.ip),
      orNone(pod.spec?.nodeName),
      orNone(pod.status?.nominatedNodeName),
      readinessGates(pod),
    ]
  },
  { conditions: (pod) => ENDS[pod.status?.phase ?? ''] },
)

const ENDS: Readonly<Record<string, readonly TableRowCondition[]>> = {
  Succeeded: [
    { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' },
  ],
  Failed: [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }],
}

const orNone = (text: string | undefined): string => (text === undefined || text === '' ? '<none>' : text)

function summaryOf(pod: ShownPod): Summary {
  const { phase = '', reason = '', conditions = [] } = pod.status ?? {}
  const gated = conditions.some(({ type, reason: why }) => type === 'PodScheduled' && why === 'SchedulingGated')
  const start: Summary = {
    status: gated ? 'SchedulingGated' : reason === '' ? phase : reason,
    ready: 0,
    restarts: 0,
    lastRestart: NEVER,
  }
  const summary = afterInit(pod, start)
  const leaving = pod.metadata?.deletionTimestamp !== undefined
  if (leaving && reason === 'NodeLost') summary.status = 'Unknown'
  else if (leaving && phase !== 'Succeeded' && phase !== 'Failed') summary.status = 'Terminating'
  return summary
}

/** While a Pod initializes, that is all there is to say; later, of the init containers only sidecars count. */
function afterInit(pod: ShownPod, start: Summary): Summary {
  const all: Summary = { ...start }
  const ofSidecars: Summary = { ...start }
  const statuses = pod.status?.initContainerStatuses ?? []
  for (let i = 0; i < statuses.length; i += 1) {
    const status = statuses[i] ?? {}
    const sidecar = isSidecar(pod, status.name)
    addRestarts(all, status)
    if (sidecar) addRestarts(ofSidecars, status)
    if (status.state?.terminated?.exitCode === 0) continue
    if (sidecar && status.started === true) {
      if (status.ready === true) ofSidecars.ready += 1
      continue
    }
    all.ready = ofSidecars.ready
    all.status = `Init:${whyNotInitialized(status) ?? `${i}/${pod.spec?.initContainers?.length ?? 0}`}`
    return isTrue(pod, 'Initialized') ? ofContainers(pod, { ...ofSidecars, status: all.status }) : all
  }
  return ofContainers(pod, ofSidecars)
}

/** Undefined: it only takes its time. */
function whyNotInitialized({ state }: ShownStatus): string | undefined {
  if (state?.terminated !== undefined) return whyEnded(state.terminated)
  const waiting = state?.waiting?.reason ?? ''
  return waiting === '' || waiting === 'PodInitializing' ? undefined : waiting
}

function whyEnded({
  reason = '',
  signal = 0,
  exitCode = 0,
}: NonNullable<NonNullable<ShownStatus['state']>['terminated']>): string {
  if (reason !== '') return reason
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode}`
}

/** The first container that isn't well has the last word. */
function ofContainers(pod: ShownPod, summary: Summary): Summary {
  const statuses = pod.status?.containerStatuses ?? []
  let someRun = false
  for (let i = statuses.length - 1; i >= 0; i -= 1) {
    const status = statuses[i] ?? {}
    const { waiting, terminated, running } = status.state ?? {}
    addRestarts(summary, status)
    if (waiting?.reason !== undefined && waiting.reason !== '') summary.status = waiting.reason
    else if (terminated !== undefined) summary.status = whyEnded(terminated)
    else if (status.ready === true && running !== undefined) {
      someRun = true
      summary.ready += 1
    }
  }
  if (summary.status === 'Completed' && someRun) summary.status = isTrue(pod, 'Ready') ? 'Running' : 'NotReady'
  return summary
}

function addRestarts(summary: Summary, { restartCount = 0, lastState }: ShownStatus): void {
  summary.restarts += restartCount
  const ended = timeOf(lastState?.terminated?.finishedAt) ?? NEVER
  if (ended > summary.lastRestart) summary.lastRestart = ended
}

function isSidecar(pod: ShownPod, name: string | undefined): boolean {
  for (const container of pod.spec?.initContainers ?? []) {
    if (container.name === name) return container.restartPolicy === 'Always'
  }
  return false
}

function sidecars(pod: ShownPod): number {
  let count = 0
  for (const { restartPolicy } of pod.spec?.initContainers ?? []) if (restartPolicy === 'Always') count += 1
  return count
}

const isTrue = (pod: ShownPod, condition: string): boolean =>
  pod.status?.conditions?.find(({ type }) => type === condition)?.status === 'True'

function readinessGates(pod: ShownPod): string {
  const gates = pod.spec?.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const open = gates.filter(({ conditionType }) => isTrue(pod, conditionType ?? ''))
  return `${open.length}/${gates.length}`
}

export const podTemplates = printer<PodTemplate>(
  [NAME, column('Containers'), column('Images'), column('Pod Labels')],
  ({ metadata, template }) => [
    nameOf({ metadata }),
    containerNames(template?.spec?.containers),
    containerImages(template?.spec?.containers),
    labelsText(template?.metadata?.labels),
  ],
)
