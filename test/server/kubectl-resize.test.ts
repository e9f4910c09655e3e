/**
 * Goal: real kubectl resizes Pods of a cluster that listens, and shows how that stands.
 * Method: `patch` and `edit` of the subresource, and what `get`, `describe` and `events` print then. Without kubectl the test says so.
 */
import { describe, expect, test } from 'vitest'
import { startLive } from './kubectl/live.ts'
import { findProgram, whyLeftOut } from './kubectl/programs.ts'

const POD = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    containers: [{ name: 'main', image: 'nginx:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
  },
})

const asks = (requests: Readonly<Record<string, string>>): string =>
  JSON.stringify({ spec: { containers: [{ name: 'main', resources: { requests } }] } })

const program = findProgram('kubectl')

describe.skipIf(program === undefined)(program === undefined ? whyLeftOut('kubectl') : 'kubectl', () => {
  test('patches and edits the resources of a Pod that runs', { timeout: 120_000 }, async () => {
    const live = await startLive({ nodes: 1 }, 10)
    const kubectl = (...words: readonly string[]): Promise<string> => live.good(program ?? '', words)
    const patch = (requests: Readonly<Record<string, string>>): Promise<string> =>
      kubectl('patch', 'pod', 'web', '--subresource', 'resize', '--patch', asks(requests))
    const has = (cpu: string): Promise<string> =>
      kubectl(
        'wait',
        'pod/web',
        `--for=jsonpath={.status.containerStatuses[0].resources.requests.cpu}=${cpu}`,
        '--timeout=60s',
      )
    try {
      live.file('pod.json', POD)
      await kubectl('apply', '-f', 'pod.json')
      await kubectl('wait', '--for=condition=Ready', 'pod/web', '--timeout=60s')

      expect(await patch({ cpu: '200m' })).toBe('pod/web patched\n')
      expect(await has('200m')).toBe('pod/web condition met\n')
      expect(await kubectl('get', 'pod', 'web')).toMatch(/web +1\/1 +Running +0 /)

      const editor = { env: { KUBE_EDITOR: 'sed -i s/200m/300m/' } }
      const edited = await live.good(program ?? '', 'edit pod web --subresource resize', editor)
      expect(edited).toBe('pod/web edited\n')
      expect(await has('300m')).toBe('pod/web condition met\n')

      await patch({ cpu: '100' })
      const waits = '--for=jsonpath={.status.conditions[?(@.type=="PodResizePending")].reason}=Infeasible'
      await kubectl('wait', 'pod/web', waits, '--timeout=60s')
      const described = await kubectl('describe', 'pod', 'web')
      expect(described).toMatch(/PodResizePending +True/)
      expect(described).toMatch(/ResizeCompleted .* Pod resize completed: \{"containers"/)
      expect(described).toMatch(/Warning +ResizeInfeasible .* Pod resize Infeasible: /)
      expect(await kubectl('get', 'pod', 'web', '--subresource', 'resize', '-o', 'name')).toBe('pod/web\n')

      const refused = await live.run(program ?? '', [
        ...['patch', 'pod', 'web', '--subresource', 'resize', '--patch'],
        JSON.stringify({ spec: { containers: [{ name: 'main', resources: { requests: null } }] } }),
      ])
      expect(refused).toMatchObject({ code: 1 })
      expect(refused.stderr).toContain('resource requests cannot be removed')
      const whole = await live.run(program ?? '', ['patch', 'pod', 'web', '--patch', asks({ cpu: '400m' })])
      expect(whole.stderr).toContain('pod updates may not change fields other than')
    } finally {
      await live.close()
    }
  })
})
