import type {
  FlowSubject,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
} from '../../../kubernetes/types/flowcontrol.ts'
import type { BuiltIn } from './built-in.ts'
import { AUTOUPDATE, PRODUCER } from './priority-levels.ts'

/** Source: apiserver/pkg/util/flowcontrol/apf_controller.go. */
export const CONSUMER = 'api-priority-and-fairness-config-consumer-v1'

const ALL = ['*']
const ALL_RESOURCES: ResourcePolicyRule = {
  verbs: ALL,
  apiGroups: ALL,
  resources: ALL,
  clusterScope: true,
  namespaces: ALL,
}
const ALL_PATHS: NonResourcePolicyRule = { verbs: ALL, nonResourceURLs: ALL }
const EVERYTHING = { resourceRules: [ALL_RESOURCES], nonResourceRules: [ALL_PATHS] }

const group = (name: string): FlowSubject => ({ kind: 'Group', group: { name } })
const user = (name: string): FlowSubject => ({ kind: 'User', user: { name } })
const SYSTEM_ACCOUNTS: FlowSubject = {
  kind: 'ServiceAccount',
  serviceAccount: { namespace: 'kube-system', name: '*' },
}
const ANYBODY = [group('system:unauthenticated'), group('system:authenticated')]
const LEASES: Omit<ResourcePolicyRule, 'verbs'> = {
  apiGroups: ['coordination.k8s.io'],
  resources: ['leases'],
  namespaces: ALL,
}

const schema = (
  name: string,
  level: string,
  matchingPrecedence: number,
  distinguisher: 'ByUser' | 'ByNamespace' | undefined,
  subjects: readonly FlowSubject[],
  what: Omit<PolicyRulesWithSubjects, 'subjects'>,
): BuiltIn => ({
  kind: 'FlowSchema',
  metadata: { name, generation: 1, annotations: AUTOUPDATE },
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence,
    ...(distinguisher === undefined ? {} : { distinguisherMethod: { type: distinguisher } }),
    rules: [{ subjects, ...what }],
  },
  condition: {
    type: 'Dangling',
    status: 'False',
    reason: 'Found',
    message: `This FlowSchema references the PriorityLevelConfiguration object named "${level}" and it exists`,
  },
  by: PRODUCER,
  statusBy: CONSUMER,
})

/** Source: apiserver/pkg/apis/flowcontrol/bootstrap/default.go (v1.36). */
export const flowSchemas = (): readonly BuiltIn[] => [
  schema('catch-all', 'catch-all', 10_000, 'ByUser', ANYBODY, EVERYTHING),
  schema('exempt', 'exempt', 1, undefined, [group('system:masters')], EVERYTHING),
  schema('global-default', 'global-default', 9_900, 'ByUser', ANYBODY, EVERYTHING),
  schema(
    'kube-controller-manager',
    'workload-high',
    800,
    'ByNamespace',
    [user('system:kube-controller-manager')],
    EVERYTHING,
  ),
  schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', [user('system:kube-scheduler')], EVERYTHING),
  schema('kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', [SYSTEM_ACCOUNTS], EVERYTHING),
  schema('probes', 'exempt', 2, undefined, ANYBODY, {
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  schema('service-accounts', 'workload-low', 9_000, 'ByUser', [group('system:serviceaccounts')], EVERYTHING),
  schema(
    'system-leader-election',
    'leader-election',
    100,
    'ByUser',
    [user('system:kube-controller-manager'), user('system:kube-scheduler'), SYSTEM_ACCOUNTS],
    { resourceRules: [{ verbs: ['get', 'create', 'update'], ...LEASES }] },
  ),
  schema('system-node-high', 'node-high', 400, 'ByUser', [group('system:nodes')], {
    resourceRules: [
      { verbs: ALL, apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ALL },
      { verbs: ALL, ...LEASES },
    ],
  }),
  schema('system-nodes', 'system', 500, 'ByUser', [group('system:nodes')], EVERYTHING),
]
