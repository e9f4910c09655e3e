/**
 * Goal: with real kubectl one looks into a Pod with an ephemeral container, sits down at a shell of one's own, sees what
 * Pods and nodes use, and gets through to a Pod's port by the API server's proxy, as on a real cluster.
 * Method: commands as processes of their own against a cluster at ten times the wall clock; what they print is looked at,
 * and the state of the cluster; the log runs again to the same digest.
 */
import { expect, test } from 'vitest'
import { recordingHeader } from '../../../src/cluster/header.ts'
import { reexecute } from '../../../src/replay/reexecute.ts'
import { startLive } from '../kubectl/live.ts'
import { findProgram, whyLeftOut } from '../kubectl/programs.ts'

const kubectl = findProgram('kubectl')
const title = (what: string): string => (kubectl === undefined ? `${what} (${whyLeftOut('kubectl')})` : what)

const WEB = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image: 'nginx:1', ports: [{ name: 'http', containerPort: 80 }] }] },
})

test.runIf(kubectl !== undefined)(
  title('debug, attach and run -i reach shells that live until they are left'),
  { timeout: 180_000 },
  async () => {
    const live = await startLive({ nodes: 2 }, 10)
    const { cluster } = live
    const good = (line: string, stdin?: string): Promise<string> =>
      live.good(kubectl ?? '', line, stdin === undefined ? {} : { stdin })
    try {
      live.file('web.json', WEB)
      await good('apply -f web.json')
      await good('wait --for=condition=Ready pod/web --timeout=60s')

      await good('debug web --image=busybox --target=main -c tools -- sleep 1h')
      await good(
        'wait pod/web --for=jsonpath={.status.ephemeralContainerStatuses[0].state.running.startedAt} --timeout=60s',
      )
      const [tools] = cluster.get('Pod', 'default', 'web')?.status?.ephemeralContainerStatuses ?? []
      expect(tools).toMatchObject({
        name: 'tools',
        ready: false,
        restartCount: 0,
        image: expect.stringContaining('busybox'),
      })
      expect(tools).not.toHaveProperty('started')
      expect(await good('exec web -c tools -- echo in')).toBe('in\n')
      expect(await good('describe pod web')).toMatch(/Ephemeral Containers:\n +tools:[^]*State: +Running/)
      const ofTools = cluster
        .list('Event', 'default')
        .filter(({ involvedObject }) => involvedObject.fieldPath === 'spec.ephemeralContainers{tools}')
      expect(ofTools.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['Created', 'Started']))

      const said = await good('debug web -i -q --image=busybox -c asked', 'echo hello from $HOSTNAME\nexit 3\n')
      expect(said).toBe('hello from web\n')
      await good('wait pod/web --for=jsonpath={.status.ephemeralContainerStatuses[0].state.terminated.exitCode}=3')
      expect(cluster.get('Pod', 'default', 'web')?.status?.phase).toBe('Running')

      const once = await live.run(kubectl ?? '', 'run one -i -q --rm --restart=Never --image=busybox', {
        stdin: 'hostname\nexit 4\n',
      })
      expect(once).toMatchObject({ code: 4, stdout: 'one\n' })
      expect(cluster.get('Pod', 'default', 'one')).toBeUndefined()

      const echoed = await good('run echoed -i -q --rm --restart=Never --image=busybox -- cat', 'typed\n')
      expect(echoed).toBe('typed\n')

      await good('expose pod web --port=80')
      const fetched = await good('run fetched -i -q --rm --restart=Never --image=busybox -- wget -qO- web')
      expect(fetched).toBe('Served by default/web\n')
      const missed = await live.run(
        kubectl ?? '',
        'run missed -i -q --restart=Never --image=busybox -- wget -qO- nowhere',
      )
      expect(missed).toMatchObject({ code: 1, stderr: expect.stringContaining("wget: bad address 'nowhere'") })
      expect(await good('logs missed')).toBe("wget: bad address 'nowhere'\n")
      const listed = await good('debug web -i -q --image=busybox -c listing -- ls /')
      expect(listed.split('\n')).toContain('etc')

      expect(await good('exec web -c main -- hostname -i')).toBe(
        `${cluster.get('Pod', 'default', 'web')?.status?.podIP}\n`,
      )
      await good('exec web -c main -- kill 1')
      await good('wait pod/web --for=jsonpath={.status.containerStatuses[0].restartCount}=1 --timeout=60s')
      const [main] = cluster.get('Pod', 'default', 'web')?.status?.containerStatuses ?? []
      expect(main?.lastState?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' })
      await good('wait --for=condition=Ready pod/web --timeout=60s')

      const copied = await good('debug web --copy-to=twin --image=busybox -c extra -- sleep 1h')
      expect(copied).toBe('')
      expect(cluster.get('Pod', 'default', 'twin')?.spec.containers.map(({ name }) => name)).toEqual(['main', 'extra'])
      const onNode = await good('debug node/node-1 -i -q --image=busybox', 'echo on the node\n')
      expect(onNode).toContain('on the node\n')
    } finally {
      await live.close()
    }
    const header = recordingHeader(cluster.options)
    const events = [...cluster.log.range(1)]
    expect(reexecute({ header, events, checkpoints: [], warnings: [] }).digest()).toBe(cluster.digest())
  },
)

test.runIf(kubectl !== undefined)(
  title('top shows what is used, and proxies lead to ports by name and number'),
  { timeout: 180_000 },
  async () => {
    const live = await startLive({ nodes: 2 }, 10)
    const good = (line: string): Promise<string> => live.good(kubectl ?? '', line)
    try {
      live.file('web.json', WEB)
      await good('apply -f web.json')
      await good('expose pod web --port=8080 --target-port=http --name=front')
      await good('wait --for=condition=Ready pod/web --timeout=60s')
      expect(await good('api-versions')).toContain('metrics.k8s.io/v1beta1')
      expect(await good('top nodes')).toMatch(/NAME +CPU\(cores\) +CPU\(%\) .*\nnode-1 +\d+m +\d+% .*\nnode-2 +\d+m/)
      expect(await good('top pods')).toMatch(/NAME +CPU\(cores\) +MEMORY\(bytes\) +\nweb +\d+m +\d+Mi/)
      expect(await good('top pod web --containers')).toMatch(/web +main +\d+m/)
      expect(await live.run(kubectl ?? '', 'top pod nobody')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('NotFound'),
      })

      const raw = (path: string): Promise<string> => good(`get --raw /api/v1/namespaces/default/${path}`)
      for (const path of [
        'pods/web/proxy/',
        'pods/web:80/proxy/',
        'pods/http:web:80/proxy/a/b?c=d',
        'pods/http:web:/proxy/',
      ])
        expect(await raw(path), path).toBe('Served by default/web\n')
      for (const path of ['services/front/proxy/', 'services/front:8080/proxy/', 'services/http:front:8080/proxy/x'])
        expect(await raw(path), path).toBe('Served by default/web\n')
      const refused = await live.run(kubectl ?? '', 'get --raw /api/v1/namespaces/default/pods/web:81/proxy/')
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/error trying to reach service: dial tcp [\d.]+:81: connect: connection refused/),
      })
      const secure = await live.run(kubectl ?? '', 'get --raw /api/v1/namespaces/default/pods/https:web:80/proxy/')
      expect(secure.stderr).toContain('error trying to reach service: http: server gave HTTP response to HTTPS client')
      const unnamed = await live.run(
        kubectl ?? '',
        'get --raw /api/v1/namespaces/default/services/front:nothing/proxy/',
      )
      expect(unnamed.stderr).toContain('no endpoints available for service "front:nothing"')
    } finally {
      await live.close()
    }
  },
)
