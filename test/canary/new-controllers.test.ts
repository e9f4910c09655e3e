/**
 * Goal: what the small worlds of certificates, address ranges and routes forbid is really forbidden: a controller that does it
 * is found.
 * Method: each world once with a controller that has one planted bug, of the kind that a hasty author makes.
 */
import { describe, expect, test } from 'vitest'
import { defineController, type Controller } from '../../src/engine/client/controller.ts'
import { call, type Sync } from '../../src/engine/client/sync.ts'
import { askCloud } from '../../src/actors/cloud/ask.ts'
import { controllerReference } from '../../src/kubernetes/owners.ts'
import { exhaust } from '../sieve/exhaust.ts'
import type { SmallWorld } from '../sieve/world.ts'
import { bootstrapSigner } from '../sieve/worlds/bootstrap-tokens.ts'
import { certificates } from '../sieve/worlds/certificates.ts'
import { ephemeralVolume } from '../sieve/worlds/ephemeral-volume.ts'
import { routes } from '../sieve/worlds/routes.ts'
import { serviceAccountTokens } from '../sieve/worlds/serviceaccount-token.ts'
import { volumeAttributesClassProtection } from '../sieve/worlds/volumeattributesclass-protection.ts'
import { serviceCIDRs } from '../sieve/worlds/service-cidrs.ts'

/** Lets a range go as soon as somebody deletes it. */
const hastyRanges = defineController({
  name: 'service-cidr-controller',
  kinds: ['ServiceCIDR', 'IPAddress'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ kind, name }) => (kind === 'ServiceCIDR' ? [name] : []),

  *reconcile(name, { view }): Sync {
    const range = view.get('ServiceCIDR', undefined, name)
    if (range === undefined) return
    const finalizers =
      range.metadata.deletionTimestamp === undefined ? ['networking.k8s.io/service-cidr-finalizer'] : []
    const body = { metadata: { finalizers } }
    yield* call({ verb: 'patch', kind: 'ServiceCIDR', name, patchType: 'merge', body })
  },
})

/** Signs whatever has a verdict. */
const blindSigner = defineController({
  name: 'certificatesigningrequest-signing-controller',
  kinds: ['CertificateSigningRequest'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ name, after }) => (after === undefined ? [] : [name]),

  *reconcile(name, { view }): Sync {
    const request = view.get('CertificateSigningRequest', undefined, name)
    if (request === undefined || request.status?.certificate !== undefined) return
    if ((request.status?.conditions ?? []).length === 0) return
    const body = { ...request, status: { ...request.status, certificate: 'c2lnbmVk' } }
    yield* call({ verb: 'update', kind: 'CertificateSigningRequest', name, subresource: 'status', body })
  },
})

/** Makes routes for nodes that come and never looks whether one is left behind. */
const forgetfulRoutes = defineController({
  name: 'node-route-controller',
  kinds: ['Node'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ name, after }) => (after === undefined ? [] : [name]),

  *reconcile(name, { view }): Sync {
    const node = view.get('Node', undefined, name)
    if (
      node?.spec.podCIDR === undefined ||
      node.status?.conditions?.some(({ type }) => type === 'NetworkUnavailable') === true
    )
      return
    yield* askCloud({ op: 'createRoute', name, nodes: [name], cidr: node.spec.podCIDR })
    const conditions = [{ type: 'NetworkUnavailable', status: 'False' }]
    yield* call({
      ...{
        verb: 'patch',
        kind: 'Node',
        name,
        subresource: 'status',
        patchType: 'strategic',
        body: { status: { conditions } },
      },
    })
    yield* askCloud({ op: 'routes', name: '' })
  },
})

/** Signs with the token that it saw first, when it saw it. */
const signsOnce = defineController<{ isDone: boolean }>({
  name: 'bootstrap-signer-controller',
  kinds: ['ConfigMap', 'Secret'],
  workers: 1,
  memory: () => ({ isDone: false }),
  wakes: ({ name }) => [name],

  *reconcile(_name, { view, memory }): Sync {
    const map = view.get('ConfigMap', 'kube-public', 'cluster-info')
    const [secret] = view.list('Secret', 'kube-system')
    if (map === undefined || secret === undefined || memory.isDone) return
    memory.isDone = true
    const body = { ...map, data: { ...map.data, [`jws-kubeconfig-${secret.metadata.name}`]: 'signed' } }
    yield* call({ verb: 'update', kind: 'ConfigMap', namespace: 'kube-public', name: 'cluster-info', body })
  },
})

const found = (world: SmallWorld, bug: Controller): number =>
  exhaust({ ...world, controllers: () => [bug] }).findings.length

/** Takes any claim of the right name for its own, as a mere look-up by name does. */
const trustingClaims = defineController({
  name: 'ephemeral-volume-controller',
  kinds: ['Pod', 'PersistentVolumeClaim'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ kind, name, after }) => (kind === 'Pod' && after !== undefined ? [name] : []),

  *reconcile(name, { view }): Sync {
    const pod = view.get('Pod', 'default', name)
    const claim = `${name}-scratch`
    if (pod === undefined || view.get('PersistentVolumeClaim', 'default', claim) !== undefined) return
    const metadata = { name: claim, ownerReferences: [controllerReference(pod)] }
    const body = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata }
    yield* call({ verb: 'create', kind: 'PersistentVolumeClaim', namespace: 'default', name: claim, body })
  },
})

/** Fills in a token for whichever account has the name, and never looks at the account again. */
const generousTokens = defineController({
  name: 'serviceaccount-token-controller',
  kinds: ['ServiceAccount', 'Secret'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ kind, name, after }) => (kind === 'Secret' && after !== undefined ? [name] : []),

  *reconcile(name, { view }): Sync {
    const secret = view.get('Secret', 'default', name)
    if (secret === undefined || secret.data?.['token'] !== undefined) return
    const body = { ...secret, data: { token: 'dG9rZW4=' } }
    yield* call({ verb: 'update', kind: 'Secret', namespace: 'default', name, body })
  },
})

/** Looks only at what claims ask for. */
const shortSighted = defineController({
  name: 'volumeattributesclass-protection-controller',
  kinds: ['VolumeAttributesClass', 'PersistentVolumeClaim'],
  workers: 1,
  memory: () => undefined,
  wakes: (_change, { view }) => view.list('VolumeAttributesClass').map(({ metadata }) => metadata.name),

  *reconcile(name, { view }): Sync {
    const one = view.get('VolumeAttributesClass', undefined, name)
    if (one?.metadata.deletionTimestamp === undefined) return
    if (view.list('PersistentVolumeClaim').some(({ spec }) => spec.volumeAttributesClassName === name)) return
    const body = { ...one, metadata: { ...one.metadata, finalizers: [] } }
    yield* call({ verb: 'update', kind: 'VolumeAttributesClass', name, body })
  },
})

describe('a controller is found that', () => {
  test('lets a range go while addresses lie in it', () => {
    expect(found(serviceCIDRs, hastyRanges)).toBeGreaterThan(0)
  })
  test('signs what was denied', () => {
    expect(found(certificates, blindSigner)).toBeGreaterThan(0)
  })
  test('leaves routes behind', () => {
    expect(found(routes, forgetfulRoutes)).toBeGreaterThan(0)
  })
  test('signs once and never again', () => {
    expect(found(bootstrapSigner, signsOnce)).toBeGreaterThan(0)
  })
  test('waits at the first claim of the right name for ever', () => {
    expect(found(ephemeralVolume, trustingClaims)).toBeGreaterThan(0)
  })
  test('gives tokens to nobody', () => {
    expect(found(serviceAccountTokens, generousTokens)).toBeGreaterThan(0)
  })
  test('lets a class go that a volume still has', () => {
    expect(found(volumeAttributesClassProtection, shortSighted)).toBeGreaterThan(0)
  })
})
