/**
 * Goal: who asks is known, and everybody may do what his roles and his node say; a policy counts as soon as the server has seen it.
 * Method: requests with certificates and tokens to a server with RBAC; a whole cluster with RBAC in which nobody is refused.
 */
import { describe, expect, test } from 'vitest'
import { createCluster } from '../../../src/cluster.ts'
import type { EventData } from '../../../src/events/catalogue/index.ts'
import { hours, minutes, seconds } from '../../../src/events/time.ts'
import { toBase64 } from '../../../src/kubernetes/base64.ts'
import { INVALID_SINCE, LAST_USED, TOKEN_SECRET_TYPE } from '../../../src/kubernetes/service-account-tokens/secrets.ts'
import { issueToken, legacyClaims, type Claims } from '../../../src/kubernetes/service-account-tokens/tokens.ts'
import { ControlPlane, pod, type Answered } from './control-plane.ts'

type Caller = NonNullable<EventData<'ApiRequested'>['caller']>

const RBAC = { authorization: 'RBAC', masters: ['alice'] } as const
const ann: Caller = { certificate: { user: 'ann', groups: ['team'] } }

const start = (): ControlPlane => {
  const plane = new ControlPlane({ apiServer: RBAC })
  plane.run(seconds(1))
  plane.namespace('a')
  return plane
}

const get = (plane: ControlPlane, caller: Caller, name = 'default'): Answered =>
  plane.call({ verb: 'get', kind: 'ServiceAccount', namespace: 'a', name, caller })

const allow = (plane: ControlPlane, subject: object): void => {
  const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['serviceaccounts'] }]
  plane.made('Role', 'a', { metadata: { name: 'r' }, rules })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }
  plane.made('RoleBinding', 'a', { metadata: { name: 'r' }, roleRef, subjects: [subject] })
  plane.run(seconds(1))
}

const tokenOf = (plane: ControlPlane, spec: object = {}): string => {
  const answer = plane.call({
    verb: 'create',
    kind: 'ServiceAccount',
    namespace: 'a',
    name: 'default',
    subresource: 'token',
    body: { spec },
  })
  const { status } = answer.body as { readonly status: { readonly token: string } }
  return status.token
}

describe('a server with RBAC', () => {
  test('refuses strangers, and lets them in once they are bound', () => {
    const plane = start()
    expect(get(plane, ann).status?.message).toBe(
      'serviceaccounts "default" is forbidden: User "ann" cannot get resource "serviceaccounts" in API group "" in the namespace "a"',
    )
    expect(get(plane, {}).status?.message).toContain('User "system:anonymous" cannot get')
    allow(plane, { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'team' })
    expect(get(plane, ann).code).toBe(200)
    plane.call({ verb: 'delete', kind: 'RoleBinding', namespace: 'a', name: 'r' })
    plane.run(seconds(1))
    expect(get(plane, ann).code).toBe(403)
  })

  test('refuses a watch as it refuses a list', () => {
    const plane = start()
    const watch = plane.watch({ kind: 'Pod', namespace: 'a', revision: 0, caller: ann })
    plane.run(seconds(1))
    expect(plane.ended(watch)).toBe(403)
  })

  test('knows a service account by the token in its Secret, for as long as that is there and not marked', () => {
    const plane = start()
    allow(plane, { kind: 'ServiceAccount', name: 'default', namespace: 'a' })
    const [, claims = ''] = tokenOf(plane).split('.')
    const { uid } = (JSON.parse(Buffer.from(claims, 'base64url').toString()) as Claims)['kubernetes.io'].serviceaccount
    const annotations = { 'kubernetes.io/service-account.name': 'default' }
    const token = issueToken(legacyClaims('a', { name: 'default', uid }, 'key'))
    const bearer = { bearer: token }
    expect(get(plane, bearer).code).toBe(401)
    const data = { token: toBase64(token) }
    plane.made('Secret', 'a', { metadata: { name: 'key', annotations }, type: TOKEN_SECRET_TYPE, data })
    plane.run(seconds(1))
    expect(get(plane, bearer).code).toBe(200)
    plane.run(seconds(1))
    const used = (): string | undefined => plane.read('Secret', 'a', 'key').metadata.labels?.[LAST_USED]
    expect(used()).toBe('2026-01-01')
    plane.run(hours(24))
    expect(used()).toBe('2026-01-01')
    expect(get(plane, bearer).code).toBe(200)
    plane.run(seconds(1))
    expect(used()).toBe('2026-01-02')
    const mark = (since: string | null): void => {
      const body = { metadata: { labels: { [INVALID_SINCE]: since } } }
      plane.call({ verb: 'patch', kind: 'Secret', namespace: 'a', name: 'key', patchType: 'merge', body })
      plane.run(seconds(20))
    }
    mark('2026-01-01')
    expect(get(plane, bearer).code).toBe(401)
    mark(null)
    expect(get(plane, bearer).code).toBe(200)
    plane.call({ verb: 'delete', kind: 'Secret', namespace: 'a', name: 'key' })
    plane.run(seconds(20))
    expect(get(plane, bearer).code).toBe(401)
  })

  test('knows a service account by its token, until the token ends', () => {
    const plane = start()
    allow(plane, { kind: 'ServiceAccount', name: 'default', namespace: 'a' })
    const bearer = tokenOf(plane, { expirationSeconds: 600 })
    expect(get(plane, { bearer }).code).toBe(200)
    plane.run(minutes(11))
    expect(get(plane, { bearer }).code).toBe(401)
    expect(get(plane, { bearer: `${bearer}x` }).code).toBe(401)
  })

  test('knows a token no more when the Pod is gone that it was made for', () => {
    const plane = start()
    allow(plane, { kind: 'ServiceAccount', name: 'default', namespace: 'a' })
    plane.made('Pod', 'a', pod('p'))
    const bearer = tokenOf(plane, { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } })
    expect(get(plane, { bearer }).code).toBe(200)
    plane.call({ verb: 'delete', kind: 'Pod', namespace: 'a', name: 'p', options: { gracePeriodSeconds: 0 } })
    // For 10 s it is believed still.
    plane.run(seconds(11))
    expect(get(plane, { bearer }).code).toBe(401)
  })

  test('lets one act as another only where he may', () => {
    const plane = start()
    const admin: Caller = { certificate: { user: 'root', groups: ['system:masters'] } }
    allow(plane, { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'bea' })
    expect(get(plane, { ...admin, impersonate: { user: 'bea' } }).code).toBe(200)
    expect(get(plane, { ...admin, impersonate: { user: 'cal' } }).code).toBe(403)
    expect(get(plane, { ...ann, impersonate: { user: 'bea' } }).status?.message).toContain(
      'cannot impersonate-on:user-info:get',
    )
  })

  test('shows a node the secrets of its own Pods, and lets it write only its own', () => {
    const plane = start()
    const node = (name: string): Caller => ({ certificate: { user: `system:node:${name}`, groups: ['system:nodes'] } })
    plane.made('Secret', 'a', { metadata: { name: 's' } })
    plane.made('Pod', 'a', pod('p', { nodeName: 'n1', volumes: [{ name: 'v', secret: { secretName: 's' } }] }))
    plane.run(seconds(1))
    const read = (caller: Caller): Answered =>
      plane.call({ verb: 'get', kind: 'Secret', namespace: 'a', name: 's', caller })
    expect(read(node('n1')).code).toBe(200)
    expect(read(node('n2')).status?.message).toMatch(/no relationship found between node 'n2' and this object$/)
    const remove = (caller: Caller): Answered =>
      plane.call({ verb: 'delete', kind: 'Pod', namespace: 'a', name: 'p', caller })
    expect(remove(node('n2')).status?.message).toContain(
      'node "n2" can only delete pods with spec.nodeName set to itself',
    )
    expect(remove(node('n1')).code).toBe(200)
  })
})

test('in a cluster with RBAC nobody who belongs to it is refused', () => {
  const cluster = createCluster({ seed: 3, nodes: 2, authorization: 'RBAC' })
  cluster.apply(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`)
  cluster.run(minutes(2))
  const refused: string[] = []
  let answers = 0
  for (const event of cluster.log.range(0)) {
    if (event.type !== 'ApiResponded') continue
    answers += 1
    if (event.data.code === 401 || event.data.code === 403) refused.push(JSON.stringify(event.data.status))
  }
  expect(answers).toBeGreaterThan(100)
  expect(refused).toEqual([])
  expect(cluster.list('Pod').filter(({ status }) => status?.phase === 'Running')).toHaveLength(3)
})
