import { deviceTaintEvictionController } from '../../../src/actors/controllers/device-taint-eviction/device-taint-eviction.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import { kubelets, made, readyPod } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

const group = { apiVersion: 'resource.k8s.io/v1' }
const driver = 'gpu.example.com'

const slice = (node: string, taints: readonly object[] = []): ReturnType<typeof made> =>
  made(
    'ResourceSlice',
    `${node}-gpu`,
    {
      ...group,
      spec: {
        ...{ driver, nodeName: node, pool: { name: node, generation: 1, resourceSliceCount: 1 } },
        devices: [{ name: 'gpu-0', taints }],
      },
    },
    { namespace: undefined },
  )

const tolerating = (tolerationSeconds?: number): readonly object[] => [
  {
    key: 'broken',
    operator: 'Exists',
    effect: 'NoExecute',
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  },
]

const pair = (name: string, pool: string, tolerations: readonly object[]): readonly ReturnType<typeof made>[] => {
  const results = [{ request: 'gpu', driver, pool, device: 'gpu-0', tolerations }]
  const reservedFor = [{ resource: 'pods', name, uid: `uid-Pod-${name}` }]
  const status = { allocation: { devices: { results } }, reservedFor }
  return [
    made('ResourceClaim', name, { ...group, spec: {}, status }),
    readyPod(name, { nodeName: pool, resourceClaims: [{ name: 'gpu', resourceClaimName: name }] }),
  ]
}

const taint = (stage: Stage, node: string): void =>
  stage.put(slice(node, [{ key: 'broken', effect: 'NoExecute', timeAdded: rfc3339(stage.now) }]))

/** A device is tainted for good, another only for a while; a Pod comes when it is too late. */
export const deviceTaintEviction: SmallWorld = {
  name: 'device-taint-eviction-controller',
  controllers: () => [deviceTaintEvictionController],
  given: [
    ...[slice('node-1'), slice('node-2')],
    ...pair('none', 'node-1', []),
    ...pair('patient', 'node-1', tolerating(4)),
    ...pair('ever', 'node-1', tolerating()),
    ...pair('spared', 'node-2', tolerating(30)),
  ],
  steps: 12,
  around: kubelets,
  script: {
    1: (stage) => {
      taint(stage, 'node-1')
      taint(stage, 'node-2')
    },
    5: (stage) => stage.put(slice('node-2')),
    7: (stage) => stage.put(...pair('late', 'node-1', [])),
  },
  never: (stage) =>
    ['ever', 'spared'].every((name) => stage.get('Pod', name)?.metadata.deletionTimestamp === undefined)
      ? undefined
      : 'a Pod went that may stay',
  finally: (stage) => {
    const left = stage.list('Pod').map(({ metadata }) => metadata.name)
    return left.sort().join(' ') === 'ever spared' ? undefined : `Pods are left: ${left.join(' ')}`
  },
}
