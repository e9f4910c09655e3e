/**
 * Goal: real kubectl works against a cluster that listens.
 * Method: one session of commands, in order, each a process of its own, against a cluster at ten times the wall clock. kubectl
 * is taken from $KUBECTL, .cache/bin or the PATH; without one the test is left out and says so.
 */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createCluster } from '../../src/cluster.ts'

const root = new URL('../..', import.meta.url).pathname

const findKubectl = (): string | undefined => {
  const { KUBECTL } = process.env
  if (KUBECTL !== undefined && existsSync(KUBECTL)) return KUBECTL
  const cached = join(root, '.cache/bin/kubectl')
  if (existsSync(cached)) return cached
  try {
    return execFileSync('which', ['kubectl'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

const kubectl = findKubectl()
const folder = mkdtempSync(join(tmpdir(), 'seatrial-kubectl-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const session = 'a session: create, wait, scale, look, apply, delete'
test.runIf(kubectl !== undefined)(
  kubectl === undefined ? `${session} (left out: no kubectl at $KUBECTL, .cache/bin, PATH)` : session,
  { timeout: 120_000 },
  async () => {
    const cluster = createCluster({ nodes: 2 })
    cluster.run(10_000_000)
    const users = [{ name: 'alice', groups: ['system:masters'] }]
    const api = await cluster.listen({ speed: 10, users })
    const config = join(folder, 'config')
    writeFileSync(config, api.kubeconfig)
    const env = { ...process.env, KUBECONFIG: config, HOME: folder }
    const run = (line: string): Promise<Ended> =>
      new Promise((resolve) => {
        execFile(kubectl ?? '', line.split(' '), { cwd: root, env, timeout: 30_000 }, (error, stdout, stderr) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
        )
      })
    const good = async (line: string): Promise<string> => {
      const ended = await run(line)
      expect(ended, line).toMatchObject({ code: 0 })
      return ended.stdout
    }
    try {
      expect(await good('version')).toContain('Server Version: v1.36.2')
      expect(await good('get nodes')).toMatch(/node-1 +Ready/)
      expect(await good('get pods -A')).toBe('')
      expect(await good('create deployment web --image=nginx --replicas=2')).toBe('deployment.apps/web created\n')
      await good('wait --for=condition=Available deploy/web --timeout=20s')
      expect(await good('get deploy web')).toMatch(/web +2\/2 +2 +2/)
      expect(await good('scale deploy web --replicas=3')).toBe('deployment.apps/web scaled\n')
      await good('rollout status deploy/web --timeout=20s')
      expect(await good('describe deploy web')).toMatch(/Replicas: +3 desired \| 3 updated \| 3 total \| 3 available/)
      expect(await good('get pods -o name')).toMatch(/^(pod\/web-\S+\n){3}$/)
      expect(await good('apply -f examples/shop')).toContain('deployment.apps/cart created')
      expect(await good('apply -f examples/shop')).toContain('deployment.apps/cart unchanged')
      expect(await good('delete deploy web')).toContain('"web" deleted')
      const gone = await run('get deploy web')
      expect(gone).toMatchObject({
        code: 1,
        stderr: 'Error from server (NotFound): deployments.apps "web" not found\n',
      })
      expect(cluster.get('Deployment', 'default', 'web')).toBeUndefined()
      expect(cluster.get('Deployment', 'shop', 'cart')).toBeDefined()
    } finally {
      await api.close()
    }
  },
)
