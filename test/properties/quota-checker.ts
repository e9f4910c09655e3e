/** Several API servers that create Pods at once in one namespace with a quota; shared by the property and its canary. */
import fc from 'fast-check'
import { millis, seconds } from '../../src/events/time.ts'
import { milliValue, quantityOfMillis } from '../../src/kubernetes/quantity.ts'
import type { ResourceQuota } from '../../src/kubernetes/types/core.ts'
import { ControlPlane, pod } from '../scenarios/apiserver/control-plane.ts'

const SERVERS = 3

/** One Pod that somebody asks a server for, a while after the one before. */
export interface Wish {
  readonly server: number
  readonly cpuMillis: number
  readonly afterMillis: number
}

export const wishes: fc.Arbitrary<readonly Wish[]> = fc.array(
  fc.record({
    server: fc.integer({ min: 1, max: SERVERS }),
    cpuMillis: fc.constantFrom(100, 200, 500),
    // Mostly at once: that is when servers get in each other's way.
    afterMillis: fc.constantFrom(0, 0, 0, 1, 3),
  }),
  { minLength: 2, maxLength: 14 },
)

export const bounds = fc.record({
  pods: fc.integer({ min: 1, max: 6 }),
  cpuMillis: fc.integer({ min: 2, max: 12 }).map((n) => n * 100),
})

/** What is wrong after all wishes are answered; undefined when nothing is. */
export function quotaProblem(
  seed: number,
  hard: { readonly pods: number; readonly cpuMillis: number },
  asked: readonly Wish[],
): string | undefined {
  const plane = new ControlPlane({ seed, servers: SERVERS })
  plane.namespace('n')
  const list = { pods: String(hard.pods), 'requests.cpu': quantityOfMillis(hard.cpuMillis) }
  plane.made('ResourceQuota', 'n', { metadata: { name: 'q' }, spec: { hard: list } })
  const status = { hard: list, used: { pods: '0', 'requests.cpu': '0' } }
  plane.call({
    verb: 'patch',
    kind: 'ResourceQuota',
    namespace: 'n',
    name: 'q',
    subresource: 'status',
    patchType: 'merge',
    body: { status },
  })
  // Every server has seen it.
  plane.run(seconds(1))
  const sent = asked.map(({ server, cpuMillis, afterMillis }, i) => {
    plane.run(millis(afterMillis))
    const resources = { requests: { cpu: `${cpuMillis}m` } }
    const body = pod(`p${i}`, { containers: [{ name: 'c', image: 'i', resources }] })
    return plane.send({ verb: 'create', kind: 'Pod', namespace: 'n', body }, server)
  })
  plane.runUntil(() => sent.every((request) => plane.answer(request) !== undefined))
  return problemOf(
    plane,
    hard,
    asked.map(({ server, cpuMillis }, i) => ({ server, cpuMillis, code: plane.answer(sent[i] ?? 0)?.code ?? 0 })),
  )
}

function problemOf(
  plane: ControlPlane,
  hard: { readonly pods: number; readonly cpuMillis: number },
  answers: readonly { readonly server: number; readonly cpuMillis: number; readonly code: number }[],
): string | undefined {
  // Who finds the quota written by others again and again gets a conflict.
  const odd = answers.find(({ code }) => code !== 201 && code !== 403 && code !== 409)
  if (odd !== undefined) return `answered ${odd.code}`
  const admitted = answers.filter(({ code }) => code === 201)
  const cpu = admitted.reduce((sum, { cpuMillis }) => sum + cpuMillis, 0)
  if (admitted.length > hard.pods) return `${admitted.length} Pods of ${hard.pods}`
  if (cpu > hard.cpuMillis) return `${cpu}m of ${hard.cpuMillis}m`
  const quota: ResourceQuota = plane.read('ResourceQuota', 'n', 'q')
  const used = quota.status?.used ?? {}
  const told = { pods: Number(used['pods']), cpu: milliValue(used['requests.cpu'] ?? '0') }
  if (told.pods !== admitted.length || told.cpu !== cpu)
    return `used ${JSON.stringify(used)} for ${admitted.length} Pods, ${cpu}m`
  const left = { pods: hard.pods - admitted.length, cpu: hard.cpuMillis - cpu }
  const refused = answers.filter(({ code }) => code !== 201)
  // What a server refuses may be for want of room that it has meant for another of its batch, which then got none either.
  const needless = refused.some(
    ({ server, code, cpuMillis }) =>
      code === 403 &&
      left.pods > 0 &&
      cpuMillis <= left.cpu &&
      refused.every((other) => other.cpuMillis === cpuMillis || other.server !== server),
  )
  return needless ? 'a Pod was refused for which there was room' : undefined
}
