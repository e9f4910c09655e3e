/** Races that real clusters of Kubernetes have had, each as a small world, the disturbance that shows it and what is wrong then. */
import { daemonSetController } from '../../src/actors/controllers/daemonset/daemonset.ts'
import { jobController } from '../../src/actors/controllers/job/job.ts'
import { replicaSetController } from '../../src/actors/controllers/replicaset/replicaset.ts'
import { statefulSetController } from '../../src/actors/controllers/statefulset/statefulset.ts'
import { minutes, seconds } from '../../src/events/time.ts'
import { conditionStatus } from '../../src/kubernetes/conditions.ts'
import { isReady } from '../../src/kubernetes/pods.ts'
import { atMost, kubelets, living, made, selector, template, withPhase } from './objects.ts'
import type { Stage } from './stage.ts'
import type { SmallWorld } from './world.ts'
import { cronJob } from './worlds/cronjob.ts'
import { daemonSet } from './worlds/daemonset.ts'
import { deployment } from './worlds/deployment.ts'
import { disruption } from './worlds/disruption.ts'
import { endpointSlice } from './worlds/endpointslice.ts'
import { endpoint } from './worlds/endpoint.ts'
import { autoscaler, horizontalPodAutoscaler, scaleOf } from './worlds/horizontal-pod-autoscaler.ts'
import { job } from './worlds/job.ts'
import { nodeLifecycle } from './worlds/node-lifecycle.ts'
import { replicaSet } from './worlds/replicaset.ts'
import { replicationControllerWorld } from './worlds/replicationcontroller.ts'
import { statefulSet } from './worlds/statefulset.ts'

export interface Race {
  /** Issues of kubernetes/kubernetes. */
  readonly issue: string
  readonly what: string
  /** The world with the gate StaleControllerConsistency of its controller on or off. */
  readonly world: (readsOwnWrites: boolean) => SmallWorld
  /** As `SIEVE` takes it; `none` where no disturbance is needed. */
  readonly disturbance: string
  /** What it says is wrong. */
  readonly wrong: RegExp
  /** Whether the gate prevents it: then no disturbance of that world may show it with the gate on. */
  readonly isGated: boolean
}

/** Somebody touches an object more than five minutes after nothing more was seen: expectations are given up by then. */
const late = (world: SmallWorld, touch: (stage: Stage) => void): SmallWorld => ({
  ...world,
  steps: 330,
  script: { ...world.script, 310: touch },
})

const fails = (stage: Stage): void => {
  for (const pod of stage.list('Pod'))
    if (pod.status?.phase === undefined)
      stage.change('Pod', pod.metadata.name, (before) => withPhase(before, 'Failed', stage))
}

/** Kubelets on which the image `bad` never becomes ready. */
const pickyKubelets = (stage: Stage): void => {
  const bad = stage.list('Pod').filter(({ spec, metadata }) => {
    return spec.containers[0]?.image === 'bad' && metadata.deletionTimestamp === undefined
  })
  kubelets(stage)
  for (const { metadata } of bad)
    stage.change('Pod', metadata.name, (before) => ({ ...before, status: { phase: 'Pending' } }))
}

const imageOf = (image: string) => (stage: Stage) => {
  const template = stage.get('StatefulSet', 'db')?.spec.template
  const containers = template?.spec.containers.map((container) => ({ ...container, image }))
  stage.edit('StatefulSet', 'db', { template: { ...template, spec: { ...template?.spec, containers } } })
}

/** What the endpoints are to be, at the end. */
const endpointsDiffer = (stage: Stage): string | undefined => {
  const ready = stage.list('Pod').filter(isReady).length
  const [endpoints] = stage.list('Endpoints')
  const [slice] = stage.list('EndpointSlice')
  const shown =
    slice === undefined
      ? (endpoints?.subsets ?? []).reduce((sum, { addresses = [] }) => sum + addresses.length, 0)
      : (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready === true).length
  return shown === ready ? undefined : `${shown} endpoints are ready, ${ready} Pods are`
}

/** A set whose claims go with Pods that are too many, made smaller and larger again. */
const shrinkingSet = (on: boolean): SmallWorld => ({
  ...statefulSet,
  controllers: () => [statefulSetController(on)],
  given: statefulSet.given.map((set) => ({
    ...set,
    spec: {
      ...(set as { readonly spec?: object }).spec,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
    },
  })),
  steps: 16,
  script: {
    5: (stage) => stage.edit('StatefulSet', 'db', { replicas: 1 }),
    8: (stage) => stage.edit('StatefulSet', 'db', { replicas: 2 }),
  },
  around: (stage) => {
    collectClaims(stage)
    kubelets(stage)
  },
  never: (stage) => {
    const bare = living(stage).find(
      ({ metadata }) => stage.get('PersistentVolumeClaim', `disk-${metadata.name}`) === undefined,
    )
    return bare === undefined ? undefined : `${bare.metadata.name} lives without its claim`
  },
})

/** The garbage collector, as far as claims of Pods go: it looks for the owner at the API server, and finds it gone. */
const collectClaims = (stage: Stage): void => {
  const pods = new Set(stage.list('Pod').map(({ metadata }) => metadata.uid))
  for (const { metadata } of stage.list('PersistentVolumeClaim')) {
    const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'Pod')
    if (owner !== undefined && !pods.has(owner.uid)) stage.remove('PersistentVolumeClaim', metadata.name)
  }
}

/** Ten Pods that bear what they are to bear, and one more while they are replaced by others. */
const surging: SmallWorld = {
  ...horizontalPodAutoscaler,
  given: [
    made('Deployment', 'web', { spec: { replicas: 10, selector, template: template() }, status: { replicas: 10 } }),
    autoscaler(20, [
      {
        type: 'External',
        external: { metric: { name: 'load' }, target: { type: 'AverageValue', averageValue: '100' } },
      },
    ]),
  ],
  steps: 12,
  around: (stage) => {
    const { spec, status } = stage.get('Deployment', 'web') ?? {}
    const replicas = (spec?.replicas ?? 0) + 1
    if (stage.now > seconds(20) && status?.replicas !== replicas)
      stage.change('Deployment', 'web', (before) => ({ ...before, status: { ...before.status, replicas } }))
  },
  answers: (stage, request) =>
    request.kind === 'load.external.metrics.k8s.io'
      ? { code: 200, items: 1, object: { items: [{ metricName: 'load', value: '1000' }] } }
      : scaleOf(stage, request),
  never: (stage) => {
    const replicas = stage.get('Deployment', 'web')?.spec.replicas ?? 0
    return replicas > 10 ? `${replicas} replicas are asked for, 10 bear the load` : undefined
  },
  finally: undefined,
}

export const RACES: readonly Race[] = [
  {
    issue: '#129795, #88851',
    what: 'A ReplicaSet sees no Pods for more than five minutes, gives up its expectations and creates again.',
    world: (on) => ({
      ...late({ ...replicaSet, script: {} }, (stage) => stage.edit('ReplicaSet', 'web', { minReadySeconds: 0 })),
      never: atMost(1),
      controllers: () => [replicaSetController(on)],
    }),
    disturbance: 'stale/0/Pod',
    wrong: /2 Pods live, 1 may/,
    isGated: true,
  },
  {
    issue: '#41675',
    what: 'A ReplicationController does the same; it has no gate.',
    world: () => ({
      ...late(replicationControllerWorld, (stage) =>
        stage.edit('ReplicationController', 'web', { minReadySeconds: 0, replicas: 2 }),
      ),
    }),
    disturbance: 'stale/0/Pod',
    wrong: /3 Pods live, 2 may/,
    isGated: false,
  },
  {
    issue: '#130103, #120790',
    what: 'A Job sees its Pod let go before it sees its own status, and runs one Pod more than there are completions.',
    world: (on) => ({ ...job, controllers: () => [jobController(on)] }),
    disturbance: 'stale/5/Job',
    wrong: /3 Pods succeeded, 2 were to/,
    isGated: true,
  },
  {
    issue: '#130333',
    what: 'A DaemonSet that sees nothing for a while in a rollout puts two Pods on one node.',
    world: (on) => ({ ...daemonSet, controllers: () => [daemonSetController(on)] }),
    disturbance: 'stale/5',
    wrong: /two Pods on one node/,
    isGated: true,
  },
  {
    issue: '#137254',
    what: 'A StatefulSet that does not see that it has given a claim away makes a Pod whose claim is about to go.',
    world: shrinkingSet,
    disturbance: 'stale/13/PersistentVolumeClaim',
    wrong: /db-1 lives without its claim/,
    isGated: true,
  },
  {
    issue: '#77858',
    what: 'A Deployment does not see its ReplicaSet when the template changes: more Pods live than surge allows.',
    world: () => ({ ...deployment, never: atMost(3) }),
    disturbance: 'stale/0/ReplicaSet',
    wrong: /4 Pods live, 3 may/,
    isGated: false,
  },
  {
    issue: '#131116, #106419',
    what: 'Pods that are refused at once by their node are created again without any back-off.',
    world: () => ({
      ...replicaSet,
      script: {},
      steps: 60,
      settle: seconds(1),
      around: fails,
      never: (stage) => (stage.list('Pod').length > 50 ? 'more than 50 Pods in a minute' : undefined),
    }),
    disturbance: 'none',
    wrong: /more than 50 Pods in a minute/,
    isGated: false,
  },
  {
    issue: '#67250, #60164',
    what: 'A StatefulSet rolled to a bad image and back never replaces the broken Pod.',
    world: () => ({
      ...statefulSet,
      around: pickyKubelets,
      script: { 4: imageOf('bad'), 8: imageOf('app:1') },
      settle: minutes(10),
      never: () => undefined,
      finally: (stage) => {
        const broken = stage.list('Pod').filter(({ spec }) => spec.containers[0]?.image === 'bad')
        return broken.length === 0 ? undefined : `${broken[0]?.metadata.name} is broken still`
      },
    }),
    disturbance: 'none',
    wrong: /db-1 is broken still/,
    isGated: false,
  },
  {
    issue: '#73011',
    what: 'A Pod that is terminating on a node that is out of reach blocks a rollout for ever.',
    world: (on) => ({
      ...statefulSet,
      controllers: () => [statefulSetController(on)],
      around: (stage) => {
        if (stage.now < seconds(4)) kubelets(stage)
      },
      script: { 4: imageOf('app:2') },
      settle: minutes(10),
      finally: (stage) => {
        const old = stage.list('Pod').filter(({ spec }) => spec.containers[0]?.image === 'app:1')
        return old.length === 0 ? undefined : `${old.length} Pods are of the old template`
      },
    }),
    disturbance: 'none',
    wrong: /2 Pods are of the old template/,
    isGated: false,
  },
  {
    issue: '#50067, #109998',
    what: 'Pods of a silent node are marked only once, after its status: who dies in between leaves them ready.',
    world: () => ({
      ...nodeLifecycle,
      finally: (stage) => {
        const node = stage.get('Node', 'node-1')
        const isLost = conditionStatus(node?.status?.conditions, 'Ready') === 'Unknown'
        const pod = stage.get('Pod', 'there')
        return isLost && pod !== undefined && isReady(pod) ? 'a Pod is ready on a lost node' : undefined
      },
    }),
    disturbance: 'restart/0',
    wrong: /a Pod is ready on a lost node/,
    isGated: false,
  },
  {
    issue: '#24200, #32510',
    what: 'Leases that are not seen look like nodes that are dead.',
    world: () => ({
      ...nodeLifecycle,
      around: (stage) => nodeLifecycle.around?.(stage),
      never: (stage) => {
        const isLost = (name: string): boolean =>
          conditionStatus(stage.get('Node', name)?.status?.conditions, 'Ready') === 'Unknown'
        return isLost('node-2') ? 'a living node is given up' : undefined
      },
    }),
    disturbance: 'stale/0/Lease',
    wrong: /a living node is given up/,
    isGated: false,
  },
  {
    issue: '#105326',
    what: 'A budget allows what its Pods no longer bear, while its controller does not see them.',
    world: () => ({
      ...disruption,
      finally: () => undefined,
      never: (stage) => {
        const { spec, status } = stage.get('PodDisruptionBudget', 'web') ?? {}
        const spare = living(stage).filter(isReady).length - Number(spec?.minAvailable ?? 0)
        // A controller that sees everything corrects it within two hops.
        const isOld = stage.now > seconds(4)
        return isOld && (status?.disruptionsAllowed ?? 0) > Math.max(0, spare)
          ? `${status?.disruptionsAllowed} disruptions are allowed, ${spare} can be borne`
          : undefined
      },
      script: {
        ...disruption.script,
        5: (stage) => stage.edit('PodDisruptionBudget', 'web', { maxUnavailable: undefined }),
      },
    }),
    disturbance: 'stale/3/Pod',
    wrong: /1 disruptions are allowed, 0 can be borne/,
    isGated: false,
  },
  {
    issue: '#117193, #54723',
    what: 'An EndpointSlice that misses one change of a Pod stays as it was.',
    world: () => ({ ...endpointSlice, finally: endpointsDiffer }),
    disturbance: 'lost/3',
    wrong: /endpoints are ready, \d Pods are/,
    isGated: false,
  },
  {
    issue: '#123072, #49992',
    what: 'A watch loses an event: what is made of the objects stays wrong until the next list.',
    world: () => ({ ...endpoint, finally: endpointsDiffer }),
    disturbance: 'lost/3',
    wrong: /endpoints are ready, \d Pods are/,
    isGated: false,
  },
  {
    issue: '#84142, #72775',
    what: 'An autoscaler takes the Pods that a rollout has on top for Pods that are wanted, and asks for more without load.',
    world: () => surging,
    disturbance: 'none',
    wrong: /11 replicas are asked for, 10 bear the load/,
    isGated: false,
  },
  {
    issue: '#59848 (as Sieve shows it)',
    what: 'A controller that begins again with an old list creates what is there already.',
    world: (on) => ({ ...replicaSet, controllers: () => [replicaSetController(on)] }),
    disturbance: 'restart/4/2',
    wrong: /3 Pods live, 2 may/,
    isGated: false,
  },
  {
    issue: '#107827, #58748',
    what: 'A CronJob with Forbid whose controller dies before its status, and begins again with an old list, runs two Jobs.',
    world: () => ({ ...cronJob, oldListFor: seconds(90), around: undefined, finally: undefined }),
    disturbance: 'restart/0/2',
    wrong: /two Jobs at once/,
    isGated: false,
  },
]

/** The command that shows a race, call by call. */
export const raceCommand = ({ issue }: Race): string =>
  `SIEVE=tell npx vitest run test/sieve/races.test.ts -t '${issue.split(/[ ,]/)[0]}'`
