import type { Labels } from '../types/meta.ts'
import type { ClusterRole, PolicyRule, RoleRef, Subject } from '../types/rbac.ts'
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES } from './cluster-roles.ts'
import { CONTROLLER_ROLES } from './controller-roles.ts'
import { ruleOf } from './rule-line.ts'

/** A role or binding as its server creates it: without what every object gets when it is stored. */
export interface BootstrapObject {
  readonly kind: 'ClusterRole' | 'ClusterRoleBinding' | 'Role' | 'RoleBinding'
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels: Labels
    readonly annotations: Labels
  }
  readonly rules?: readonly PolicyRule[] | null
  readonly aggregationRule?: NonNullable<ClusterRole['aggregationRule']>
  readonly subjects?: readonly Subject[]
  readonly roleRef?: RoleRef
}

const GROUP = 'rbac.authorization.k8s.io'
const LABELS: Labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const ANNOTATIONS: Labels = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }
const CONTROLLER = 'system:controller:'
const SYSTEM = 'kube-system'

const aggregates = (to: string): string => `${GROUP}/aggregate-to-${to}`

/** The roles that are put together from others, and what they are put into themselves. */
const AGGREGATED: readonly { readonly name: string; readonly into?: string }[] = [
  { name: 'admin' },
  { name: 'edit', into: 'admin' },
  { name: 'view', into: 'edit' },
]
const PARTS: Readonly<Record<string, string>> = {
  'system:aggregate-to-admin': 'admin',
  'system:aggregate-to-edit': 'edit',
  'system:aggregate-to-view': 'view',
}

export const bootstrapMetadata = (
  name: string,
  namespace?: string,
  labels: Labels = LABELS,
): BootstrapObject['metadata'] => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  labels,
  annotations: ANNOTATIONS,
})

const subjectOf = (text: string): Subject => {
  const colon = text.indexOf(':')
  const kind = text.slice(0, colon)
  const name = text.slice(colon + 1)
  return kind === 'ServiceAccount' ? { kind, name, namespace: SYSTEM } : { kind, apiGroup: GROUP, name }
}

const subjectsOf = (text: string): { readonly subjects?: readonly Subject[] } =>
  text === '' ? {} : { subjects: text.split(' ').map(subjectOf) }

const refTo = (kind: string, name: string): RoleRef => ({ apiGroup: GROUP, kind, name })

const clusterRoles = (): readonly BootstrapObject[] => [
  ...AGGREGATED.map(({ name, into }): BootstrapObject => ({
    kind: 'ClusterRole',
    metadata: bootstrapMetadata(
      name,
      undefined,
      into === undefined ? LABELS : { ...LABELS, [aggregates(into)]: 'true' },
    ),
    rules: null,
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [aggregates(name)]: 'true' } }] },
  })),
  ...Object.entries(CLUSTER_ROLES).map(([name, lines]): BootstrapObject => {
    const part = PARTS[name]
    const labels = part === undefined ? LABELS : { ...LABELS, [aggregates(part)]: 'true' }
    return { kind: 'ClusterRole', metadata: bootstrapMetadata(name, undefined, labels), rules: lines.map(ruleOf) }
  }),
  ...Object.entries(CONTROLLER_ROLES).map(([name, lines]): BootstrapObject => ({
    kind: 'ClusterRole',
    metadata: bootstrapMetadata(CONTROLLER + name),
    rules: lines.map(ruleOf),
  })),
]

const clusterRoleBindings = (): readonly BootstrapObject[] => {
  const bindings: Record<string, string> = { ...CLUSTER_ROLE_BINDINGS }
  for (const name of Object.keys(CONTROLLER_ROLES)) bindings[CONTROLLER + name] = `ServiceAccount:${name}`
  return Object.entries(bindings).map(([name, subjects]): BootstrapObject => ({
    kind: 'ClusterRoleBinding',
    metadata: bootstrapMetadata(name),
    ...subjectsOf(subjects),
    roleRef: refTo('ClusterRole', name),
  }))
}

/** Source: bootstrappolicy/namespace_policy.go (v1.36). */
const LEADER_LOCK = [
  'create get list update watch / coordination.k8s.io / leases',
  'create get list update watch / coordination.k8s.io / leasecandidates',
]
const AUTHENTICATION_READER = 'extension-apiserver-authentication-reader'

const NAMESPACED: readonly (readonly [namespace: string, name: string, lines: readonly string[], subjects: string])[] =
  [
    [
      'kube-public',
      `${CONTROLLER}bootstrap-signer`,
      [
        'get list watch / core / configmaps',
        'update / core / configmaps / cluster-info',
        'create update patch / core events.k8s.io / events',
      ],
      'ServiceAccount:bootstrap-signer',
    ],
    [
      SYSTEM,
      AUTHENTICATION_READER,
      ['get list watch / core / configmaps / extension-apiserver-authentication'],
      'User:system:kube-controller-manager User:system:kube-scheduler',
    ],
    [SYSTEM, `${CONTROLLER}bootstrap-signer`, ['get list watch / core / secrets'], 'ServiceAccount:bootstrap-signer'],
    [
      SYSTEM,
      `${CONTROLLER}cloud-provider`,
      ['create get list watch / core / configmaps'],
      'ServiceAccount:cloud-provider',
    ],
    [
      SYSTEM,
      `${CONTROLLER}token-cleaner`,
      ['get list watch delete / core / secrets', 'create update patch / core events.k8s.io / events'],
      'ServiceAccount:token-cleaner',
    ],
    [
      SYSTEM,
      'system::leader-locking-kube-controller-manager',
      LEADER_LOCK,
      'User:system:kube-controller-manager ServiceAccount:kube-controller-manager ServiceAccount:leader-election-controller',
    ],
    [
      SYSTEM,
      'system::leader-locking-kube-scheduler',
      LEADER_LOCK,
      'User:system:kube-scheduler ServiceAccount:kube-scheduler',
    ],
  ]

const namespaced = (): readonly BootstrapObject[] =>
  NAMESPACED.flatMap(([namespace, name, lines, subjects]): readonly BootstrapObject[] => [
    { kind: 'Role', metadata: bootstrapMetadata(name, namespace), rules: lines.map(ruleOf) },
    {
      kind: 'RoleBinding',
      metadata: bootstrapMetadata(name === AUTHENTICATION_READER ? `system::${name}` : name, namespace),
      ...subjectsOf(subjects),
      roleRef: refTo('Role', name),
    },
  ])

let made: readonly BootstrapObject[] | undefined

/** All roles and bindings that a cluster with RBAC begins with, in the order in which its API server creates them. */
export const bootstrapPolicy = (): readonly BootstrapObject[] =>
  (made ??= [...clusterRoles(), ...clusterRoleBindings(), ...namespaced()])
