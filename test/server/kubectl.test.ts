/**
 * Goal: real kubectl, of this version and of four versions before, works against a cluster that listens.
 * Method: a session of the commands that people use, in order, each a process of its own, against a cluster at ten times the
 * wall clock; what they print is looked at, and what they have done in the cluster. Without kubectl the test says so.
 */
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { replayCommands } from './kubectl/replay.ts'
import { startLive, type Live } from './kubectl/live.ts'
import { findProgram, whyLeftOut } from './kubectl/programs.ts'
import { FOLDER, hasTranscripts, readTheme } from './transcripts/recording.ts'

const root = new URL('../..', import.meta.url).pathname

const WEB = (image: string, replicas: number): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image, resources: { requests: { cpu: '50m' } } }] },
      },
    },
  })

const CUSTOM = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.example.com}
spec:
  group: sea.example.com
  scope: Namespaced
  names: {plural: boats, singular: boat, kind: Boat, shortNames: [bt]}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      additionalPrinterColumns: [{name: Masts, type: integer, jsonPath: .spec.masts}]
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {masts: {type: integer, minimum: 1}}}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
`
const BOAT = 'apiVersion: sea.example.com/v1\nkind: Boat\nmetadata: {name: ketch}\nspec: {masts: 2}\n'

/** Commands that make an object of a kind, and what they print. */
const GENERATORS: readonly (readonly [line: string, prints: string])[] = [
  ['clusterrole reader --verb=get --resource=pods', 'clusterrole.rbac.authorization.k8s.io/reader created'],
  [
    'clusterrolebinding readers --clusterrole=reader --user=bob',
    'clusterrolebinding.rbac.authorization.k8s.io/readers created',
  ],
  ['configmap settings --from-literal=a=1', 'configmap/settings created'],
  ['cronjob nightly --image=busybox --schedule=0_3_*_*_* -- true', 'cronjob.batch/nightly created'],
  ['ingress front --rule=example.com/*=web:80', 'ingress.networking.k8s.io/front created'],
  ['job once --image=busybox -- true', 'job.batch/once created'],
  ['namespace extra', 'namespace/extra created'],
  ['pdb web --selector=app=web --min-available=1', 'poddisruptionbudget.policy/web created'],
  ['priorityclass urgent --value=1000', 'priorityclass.scheduling.k8s.io/urgent created'],
  ['quota limits --hard=pods=50', 'resourcequota/limits created'],
  ['role editor --verb=update --resource=pods', 'role.rbac.authorization.k8s.io/editor created'],
  ['rolebinding editors --role=editor --user=bob', 'rolebinding.rbac.authorization.k8s.io/editors created'],
  ['secret generic password --from-literal=p=q', 'secret/password created'],
  ['service clusterip plain --tcp=80', 'service/plain created'],
  ['service externalname elsewhere --external-name=example.com', 'service/elsewhere created'],
  ['service loadbalancer balanced --tcp=80', 'service/balanced created'],
  ['service nodeport ported --tcp=80', 'service/ported created'],
  ['serviceaccount robot', 'serviceaccount/robot created'],
]

/** `_` stands for a blank within a word. */
const words = (line: string): readonly string[] => line.split(' ').map((word) => word.replaceAll('_', ' '))

class Session {
  private readonly live: Live
  private readonly program: string

  constructor(live: Live, program: string) {
    this.live = live
    this.program = program
  }

  async good(line: string, options: Parameters<Live['good']>[2] = {}): Promise<string> {
    return this.live.good(this.program, words(line), options)
  }

  async ends(line: string, code: number): Promise<string> {
    const ended = await this.live.run(this.program, words(line))
    expect(ended, line).toMatchObject({ code })
    return ended.stdout + ended.stderr
  }
}

for (const name of ['kubectl', 'kubectl-1.32'] as const) {
  const program = findProgram(name)
  const suite = program === undefined ? `${name} (${whyLeftOut(name)})` : name
  describe.skipIf(program === undefined)(suite, () => {
    test('a session', { timeout: 300_000 }, async () => {
      const live = await startLive({ nodes: 3 }, 10)
      const { cluster } = live
      const session = new Session(live, program ?? '')
      const replicas = (): number | undefined => cluster.get('Deployment', 'default', 'web')?.spec.replicas
      try {
        expect(await session.good('version')).toContain('Server Version: v1.36.2')
        expect(await session.good('cluster-info')).toContain('is running at')
        expect(await session.good('api-resources --api-group=apps -o name')).toMatch(/^(\w+\.apps\n){5}$/)
        expect(await session.good('get nodes')).toMatch(/node-1 +Ready/)
        expect(await session.good('get --raw /readyz')).toBe('ok')

        live.file('web.json', WEB('nginx:1', 2))
        expect(await session.good('apply -f web.json')).toBe('deployment.apps/web created\n')
        expect(await session.good('apply -f web.json')).toBe('deployment.apps/web unchanged\n')
        await session.good('rollout status deploy/web --timeout=60s')
        live.file('more.json', WEB('nginx:1', 3))
        expect(await session.ends('diff -f more.json', 1)).toMatch(/-  replicas: 2\n\+  replicas: 3/)
        expect(await session.good('apply --dry-run=server -f more.json')).toContain('configured (server dry run)')
        expect(replicas()).toBe(2)
        expect(await session.good('apply --server-side -f more.json')).toContain('serverside-applied')
        live.file('most.json', WEB('nginx:1', 5))
        const refused = await session.ends('apply --server-side --field-manager=other -f most.json', 1)
        expect(refused).toContain('conflict with "kubectl": .spec.replicas')
        expect(replicas()).toBe(3)
        expect(await session.good('apply view-last-applied deploy/web')).toContain('replicas: ')

        expect(await session.good('get deploy -o name')).toBe('deployment.apps/web\n')
        expect(await session.good('get deploy web -o jsonpath={.spec.replicas}')).toBe('3')
        expect(await session.good('get deploy -o custom-columns=N:.metadata.name')).toMatch(/^N\nweb/)
        expect(await session.good('get deploy web -o yaml')).toContain('kind: Deployment')
        expect(await session.good('get deploy web -o json --show-managed-fields')).toContain('"managedFields"')
        expect(await session.good('get deploy -o wide --show-labels')).toMatch(/IMAGES +SELECTOR +LABELS/)
        expect(await session.good('get all')).toContain('replicaset.apps/web-')
        expect(await session.good('describe deploy web')).toMatch(/Replicas: +3 desired/)
        expect(await session.good('describe node node-1')).toContain('Allocated resources:')
        expect(await session.good('explain deployment.spec.strategy')).toContain(
          'rollingUpdate\t<RollingUpdateDeployment>',
        )
        expect(await session.good('events')).toContain('ScalingReplicaSet')

        await session.good('scale deploy web --replicas=4')
        expect(await session.good('autoscale deploy web --min=2 --max=6')).toContain('autoscaled')
        await session.good('delete hpa web')
        await session.good('set image deploy/web main=nginx:2')
        await session.good('rollout status deploy/web --timeout=60s')
        expect(await session.good('rollout history deploy/web')).toMatch(/1 +<none>\n2 +<none>/)
        await session.good('rollout undo deploy/web')
        await session.good('rollout status deploy/web --timeout=60s')
        expect(await session.good('get deploy web -o jsonpath={..image}')).toBe('nginx:1')
        await session.good('rollout restart deploy/web')
        await session.good('rollout status deploy/web --timeout=60s')
        await session.good('label deploy web tier=front')
        await session.good('annotate deploy web note=hello')
        await session.good('patch deploy web -p {"spec":{"replicas":2}}')
        await session.good('patch deploy web --type=json -p [{"op":"replace","path":"/spec/replicas","value":3}]')
        await session.good('edit deploy web', { env: { EDITOR: "sed -i 's/replicas: 3/replicas: 2/'" } })
        expect(replicas()).toBe(2)
        expect(cluster.get('Deployment', 'default', 'web')?.metadata).toMatchObject({
          labels: { tier: 'front' },
          annotations: { note: 'hello' },
        })
        expect(await session.good('expose deploy web --port=80')).toBe('service/web exposed\n')
        expect(await session.good('run solo --image=busybox --restart=Never -- sleep 1h')).toBe('pod/solo created\n')
        await session.good('wait --for=condition=Ready pod/solo --timeout=60s')

        for (const [line, prints] of GENERATORS) expect(await session.good(`create ${line}`), line).toContain(prints)
        expect(await session.good('create token robot')).toMatch(/^eyJ/)
        expect(await session.good('auth can-i update pods --as=bob')).toBe('yes\n')
        expect(await session.ends('auth can-i delete pods --as=bob', 1)).toBe('no\n')
        expect(await session.ends('delete pod solo --context=bob', 1)).toMatch(/cannot delete resource|does not exist/)

        live.file('boats.yaml', CUSTOM)
        live.file('ketch.yaml', BOAT)
        await session.good('apply -f boats.yaml')
        await session.good('wait --for=condition=Established crd/boats.sea.example.com --timeout=60s')
        expect(await session.good('apply -f ketch.yaml')).toBe('boat.sea.example.com/ketch created\n')
        expect(await session.good('get bt')).toMatch(/NAME +MASTS\nketch +2/)
        expect(await session.ends('patch boat ketch --type=merge -p {"spec":{"masts":0}}', 1)).toContain('spec.masts')
        expect(await session.good('explain boat.spec')).toContain('masts\t<integer>')

        await session.good('cordon node-1')
        await session.good('drain node-1 --ignore-daemonsets --force --delete-emptydir-data --timeout=60s')
        const there = cluster.list('Pod', 'default').filter((pod) => pod.spec.nodeName === 'node-1')
        expect(there.filter(({ status }) => status?.phase === 'Running')).toEqual([])
        await session.good('uncordon node-1')
        await session.good('taint nodes node-1 k=v:NoSchedule')
        expect(cluster.get('Node', undefined, 'node-1')?.spec.taints).toMatchObject([{ key: 'k', value: 'v' }])
        await session.good('taint nodes node-1 k-')

        await session.good('delete deploy web --cascade=orphan')
        expect(cluster.list('ReplicaSet', 'default').length).toBeGreaterThan(0)
        await session.good('delete rs --all --cascade=foreground --timeout=60s')
        expect(cluster.list('ReplicaSet', 'default')).toEqual([])
        await session.good('delete namespace extra --timeout=60s')
        expect(await session.ends('get deploy web', 1)).toBe(
          'Error from server (NotFound): deployments.apps "web" not found\n',
        )
        expect(await session.good(`apply -f ${root}examples/shop`)).toContain('deployment.apps/cart created')
      } finally {
        await live.close()
      }
    })
  })
}

const kubectl = findProgram('kubectl')
const replay = 'recorded commands end and print as they did against a real server: all 206'
const missing =
  kubectl === undefined ? whyLeftOut('kubectl') : 'left out: ../shared/oracles/api is not beside the project'
const runs = kubectl !== undefined && hasTranscripts && existsSync(FOLDER)
test.runIf(runs)(runs ? replay : `${replay} (${missing})`, { timeout: 200_000 }, async () => {
  const verdicts = await replayCommands(kubectl ?? '', readTheme(FOLDER, 'kubectl-static'))
  expect(verdicts).toHaveLength(206)
  expect(verdicts.filter(({ differences }) => differences.length === 0).length).toBe(206)
})
