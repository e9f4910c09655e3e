/**
 * Goal: a Pod's phase follows from its containers as in v1.36's getPhase.
 * Method: a table of containers and phases, each with the sentence it stands for; then, for any mixture of containers,
 * the rules that hold whatever the table says.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { phaseOf } from '../../../src/actors/kubelet/status/phase.ts'
import type { Container, ContainerStatus, RestartPolicy } from '../../../src/kubernetes/types/container.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'

type Stand = 'running' | 'waiting' | 'exit 0' | 'exit 1' | 'crashed, waiting' | 'done, waiting' | 'unknown'

const statusOf = (name: string, stand: Stand, started = true): readonly ContainerStatus[] => {
  const base = { name, ready: false, restartCount: 0, image: '', imageID: '', started }
  switch (stand) {
    case 'running':
      return [{ ...base, state: { running: {} } }]
    case 'waiting':
      return [{ ...base, state: { waiting: {} } }]
    case 'exit 0':
    case 'exit 1':
      return [{ ...base, state: { terminated: { exitCode: stand === 'exit 0' ? 0 : 1 } } }]
    case 'crashed, waiting':
    case 'done, waiting': {
      const exitCode = stand === 'done, waiting' ? 0 : 1
      return [{ ...base, state: { waiting: {} }, lastState: { terminated: { exitCode } } }]
    }
    case 'unknown':
      return []
  }
}

const podWith = (containers: readonly Container[], init: readonly Container[], restartPolicy: RestartPolicy): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
  spec: { containers, initContainers: init, restartPolicy },
})

interface Case {
  readonly why: string
  readonly containers: readonly Stand[]
  readonly init?: readonly Stand[]
  readonly sidecars?: readonly Stand[]
  readonly sidecarStarted?: boolean
  readonly policy?: RestartPolicy
  readonly isTerminal?: boolean
  readonly phase: string
}

const phaseIn = ({
  containers,
  init = [],
  sidecars = [],
  sidecarStarted = true,
  policy = 'Always',
  isTerminal = false,
}: Omit<Case, 'why' | 'phase'>): string => {
  const regular = containers.map((_, i) => ({ name: `c${i}` }))
  const inits = init.map((_, i) => ({ name: `i${i}` }))
  const side = sidecars.map((_, i): Container => ({ name: `s${i}`, restartPolicy: 'Always' }))
  const statuses = [
    ...containers.flatMap((stand, i) => statusOf(`c${i}`, stand)),
    ...init.flatMap((stand, i) => statusOf(`i${i}`, stand)),
    ...sidecars.flatMap((stand, i) => statusOf(`s${i}`, stand, sidecarStarted)),
  ]
  const isInitialized = containers.some((stand) => stand !== 'waiting' && stand !== 'unknown')
  return phaseOf({ pod: podWith(regular, [...inits, ...side], policy), statuses, isTerminal, isInitialized })
}

const CASES: readonly Case[] = [
  { why: 'nothing is known yet', containers: ['unknown'], phase: 'Pending' },
  { why: 'a container waits for its first start', containers: ['running', 'waiting'], phase: 'Pending' },
  { why: 'all run', containers: ['running', 'running'], phase: 'Running' },
  { why: 'one runs, one will be restarted', containers: ['running', 'crashed, waiting'], phase: 'Running' },
  { why: 'all have ended and will be restarted', containers: ['exit 0', 'exit 1'], phase: 'Running' },
  { why: 'all have ended well, for good', containers: ['exit 0', 'exit 0'], policy: 'Never', phase: 'Succeeded' },
  { why: 'one has failed for good', containers: ['exit 0', 'exit 1'], policy: 'Never', phase: 'Failed' },
  { why: 'a failure is tried again', containers: ['exit 0', 'exit 1'], policy: 'OnFailure', phase: 'Running' },
  { why: 'success is for good on failure only', containers: ['exit 0'], policy: 'OnFailure', phase: 'Succeeded' },
  { why: 'one still runs', containers: ['exit 1', 'running'], policy: 'Never', phase: 'Running' },
  { why: 'it is over: all went well', containers: ['exit 0'], isTerminal: true, phase: 'Succeeded' },
  { why: 'it is over: one failed', containers: ['exit 1', 'exit 0'], isTerminal: true, phase: 'Failed' },
  { why: 'an init container runs', containers: ['waiting'], init: ['running'], phase: 'Pending' },
  { why: 'init has failed and is tried again', containers: ['waiting'], init: ['exit 1'], phase: 'Pending' },
  { why: 'init has failed for good', containers: ['waiting'], init: ['exit 1'], policy: 'Never', phase: 'Failed' },
  { why: 'init is over', containers: ['running'], init: ['exit 0'], phase: 'Running' },
  {
    why: 'a sidecar has not started',
    containers: ['waiting'],
    sidecars: ['running'],
    sidecarStarted: false,
    phase: 'Pending',
  },
  {
    why: 'a sidecar alone makes no Pod run on',
    containers: ['exit 0'],
    sidecars: ['exit 1'],
    policy: 'Never',
    phase: 'Succeeded',
  },
  {
    why: 'a sidecar restarts after initialisation',
    containers: ['running'],
    sidecars: ['crashed, waiting'],
    phase: 'Running',
  },
]

describe('the phase', () => {
  test.each(CASES)('is $phase when $why', ({ phase, why: _, ...input }) => {
    expect(phaseIn(input)).toBe(phase)
  })

  const stands = fc.constantFrom<Stand>(
    'running',
    'waiting',
    'exit 0',
    'exit 1',
    'crashed, waiting',
    'done, waiting',
    'unknown',
  )
  const inputs = fc.record({
    containers: fc.array(stands, { minLength: 1, maxLength: 4 }),
    init: fc.array(stands, { maxLength: 3 }),
    policy: fc.constantFrom<RestartPolicy>('Always', 'OnFailure', 'Never'),
    isTerminal: fc.boolean(),
  })

  test('is terminal only when no container runs', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const phase = phaseIn(input)
        const failedInit =
          input.policy === 'Never' &&
          input.init.some((stand) => stand.startsWith('exit 1') || stand === 'crashed, waiting')
        if (input.containers.includes('running') && !failedInit) expect(['Pending', 'Running']).toContain(phase)
      }),
    )
  })

  test('is Succeeded only when every container has ended with 0', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        if (phaseIn(input) === 'Succeeded') expect(input.containers.every((stand) => stand === 'exit 0')).toBe(true)
      }),
    )
  })

  test('is never terminal while the policy says Always, unless it is over', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const phase = phaseIn({ ...input, policy: 'Always', isTerminal: false })
        expect(['Pending', 'Running']).toContain(phase)
      }),
    )
  })
})
