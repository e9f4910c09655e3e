import { seconds } from '../../../events/time.ts'
import { methodNotAllowed, unexpectedError } from '../../../kubernetes/status.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import { COMPONENT_STATUS_DEPRECATION } from '../../../kubernetes/unstored-kinds.ts'
import { refusal, type Answer } from '../answer.ts'
import type { RequestData } from '../request.ts'
import type { World } from '../world.ts'

/** Source: pkg/controlplane/instance.go, componentStatusStorage (v1.36). */
const SERVERS = [
  { name: 'controller-manager', lease: 'kube-controller-manager', port: 10257 },
  { name: 'scheduler', lease: 'kube-scheduler', port: 10259 },
]

const API = { kind: 'ComponentStatus', apiVersion: 'v1' }

interface ComponentStatus {
  readonly metadata: { readonly name: string }
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[]
}

/**
 * GET componentstatuses: how the components on the API server's own machine are.
 * Abridged: it asks none of them. One that leads, on whatever machine, is taken to be healthy here; etcd is, as its answers are
 * what the API server lives on. Source: pkg/registry/core/componentstatus/rest.go (v1.36).
 */
export const componentStatus = ({ verb, name }: RequestData, world: World): Answer => {
  const warnings = [COMPONENT_STATUS_DEPRECATION]
  if (verb === 'list') {
    const items = statuses(world)
    return { code: 200, object: { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items }, warnings }
  }
  if (verb !== 'get') return refusal(methodNotAllowed())
  const found = statuses(world).find(({ metadata }) => metadata.name === name)
  if (found === undefined) return { ...refusal(unexpectedError(`Component not found: ${name ?? ''}`)), warnings }
  return { code: 200, object: { ...API, ...found }, warnings }
}

const statuses = (world: World): readonly ComponentStatus[] => [
  ...SERVERS.map(({ name, lease, port }) =>
    leads(lease, world)
      ? statusOf(name, 'True', 'ok')
      : statusOf(
          name,
          'False',
          `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`,
        ),
  ),
  statusOf('etcd-0', 'True', 'ok'),
]

const statusOf = (name: string, status: string, message: string): ComponentStatus => ({
  metadata: { name },
  conditions: [{ type: 'Healthy', status, message }],
})

const leads = (name: string, { cache, now }: World): boolean => {
  const { renewTime, leaseDurationSeconds = 0 } = cache.view.get('Lease', 'kube-system', name)?.spec ?? {}
  const renewed = renewTime === undefined ? undefined : parseTime(renewTime)
  return renewed !== undefined && renewed + seconds(leaseDurationSeconds) > now
}
