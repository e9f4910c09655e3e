/** Nodes and what concerns the machines, as rows. Source: pkg/printers/internalversion/printers.go (v1.36). */
import type { Draft } from '../draft.ts'
import type { Lease, Node, RuntimeClass } from '../types/node.ts'
import { age } from './age.ts'
import { bySpelling, nameOf } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME, wide } from './table.ts'

export const nodes = printer<Node>(
  [
    NAME,
    column('Status'),
    column('Roles'),
    AGE,
    column('Version'),
    wide('Internal-IP'),
    wide('External-IP'),
    wide('OS-Image'),
    wide('Kernel-Version'),
    wide('Container-Runtime'),
  ],
  (node, now) => {
    const info = node.status?.nodeInfo ?? {}
    return [
      nameOf(node),
      nodeStatus(node),
      roles(node),
      age(node, now),
      info.kubeletVersion ?? '',
      address(node, 'InternalIP'),
      address(node, 'ExternalIP'),
      orUnknown(info.osImage),
      kernel(info),
      orUnknown(info.containerRuntimeVersion),
    ]
  },
)

function nodeStatus({ spec, status }: Draft<Node>): string {
  const ready = status?.conditions?.findLast(({ type }) => type === 'Ready')
  const text = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec?.unschedulable === true ? `${text},SchedulingDisabled` : text
}

const ROLE_PREFIX = 'node-role.kubernetes.io/'

/** By labels `node-role.kubernetes.io/<role>` and `kubernetes.io/role=<role>`. */
function roles({ metadata }: Draft<Node>): string {
  const found = new Set<string>()
  for (const [key, value] of Object.entries(metadata?.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX)) found.add(key.slice(ROLE_PREFIX.length))
    else if (key === 'kubernetes.io/role') found.add(value)
  }
  found.delete('')
  return found.size === 0 ? '<none>' : [...found].sort(bySpelling).join(',')
}

const address = ({ status }: Draft<Node>, wanted: string): string =>
  status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>'

const orUnknown = (text: string | undefined): string => (text === undefined || text === '' ? '<unknown>' : text)

/** `6.1.0 (amd64)`. */
function kernel({ kernelVersion = '', architecture = '' }: { kernelVersion?: string; architecture?: string }): string {
  return kernelVersion === '' || architecture === '' ? orUnknown(kernelVersion) : `${kernelVersion} (${architecture})`
}

export const leases = printer<Lease>([NAME, column('Holder'), AGE], (lease, now) => [
  nameOf(lease),
  lease.spec?.holderIdentity ?? '',
  age(lease, now),
])

export const runtimeClasses = printer<RuntimeClass>([NAME, column('Handler'), AGE], (runtimeClass, now) => [
  nameOf(runtimeClass),
  runtimeClass.handler ?? '',
  age(runtimeClass, now),
])
