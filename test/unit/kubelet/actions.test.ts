/**
 * Goal: from what runs and what should run follows what is done next, in upstream's order.
 * Method: Pods with init containers, sidecars and regular ones at every stage; the actions are read off.
 */
import { describe, expect, test } from 'vitest'
import { podActions, type ProbeVerdicts } from '../../../src/actors/kubelet/pods/actions.ts'
import type { PodState, RuntimeContainer } from '../../../src/actors/kubelet/runtime/pod-state.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import type { Pod, PodSpec } from '../../../src/kubernetes/types/pod.ts'

const HEALTHY: ProbeVerdicts = { verdict: () => 'healthy', hasStarted: () => true }

const podWith = (spec: Partial<PodSpec>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
  spec: { containers: [{ name: 'app' }], ...spec },
})

const running = (name: string): RuntimeContainer => ({
  id: `${name}-id`,
  name,
  image: '',
  restartCount: 0,
  startedAt: 0,
})
const ended = (name: string, exitCode: number): RuntimeContainer => ({
  ...running(name),
  end: { exitCode, reason: '', finishedAt: 1 },
})
const SANDBOX = { id: 's', ip: '10.244.0.2', attempt: 0, ready: true }
const stateOf = (...containers: readonly RuntimeContainer[]): PodState => ({ sandbox: SANDBOX, containers })

const names = (containers: readonly Container[]): readonly string[] => containers.map(({ name }) => name)

const act = (pod: Pod, state: PodState, probes = HEALTHY) => {
  const { killPod, createSandbox, attempt, kill, init, start } = podActions(pod, state, probes)
  return {
    killPod,
    createSandbox,
    attempt,
    kill: kill.map(({ message }) => message),
    init: names(init),
    start: names(start),
  }
}

const IDLE = { killPod: false, createSandbox: false, attempt: 0, kill: [], init: [], start: [] }
const init: readonly Container[] = [{ name: 'one' }, { name: 'two' }]
const sidecar: Container = { name: 'side', restartPolicy: 'Always' }

describe('a Pod of regular containers', () => {
  const pod = podWith({ containers: [{ name: 'a' }, { name: 'b' }] })

  test('gets a sandbox first, and all containers with it', () => {
    const state: PodState = { sandbox: undefined, containers: [] }
    expect(act(pod, state)).toEqual({ ...IDLE, killPod: true, createSandbox: true, start: ['a', 'b'] })
  })

  test('is left alone while all run', () => {
    expect(act(pod, stateOf(running('a'), running('b')))).toEqual(IDLE)
  })

  test('gets back the one that ended', () => {
    expect(act(pod, stateOf(running('a'), ended('b', 1)))).toEqual({ ...IDLE, start: ['b'] })
  })

  test('that must not restart is over when all have ended', () => {
    const once = podWith({ containers: [{ name: 'a' }], restartPolicy: 'Never' })
    expect(act(once, stateOf(ended('a', 1)))).toEqual({ ...IDLE, killPod: true })
  })

  test('restarts failures only, if it says so', () => {
    const onFailure = podWith({ containers: [{ name: 'a' }, { name: 'b' }], restartPolicy: 'OnFailure' })
    expect(act(onFailure, stateOf(ended('a', 0), ended('b', 1)))).toEqual({ ...IDLE, start: ['b'] })
  })

  test('gets a new sandbox when the old one is gone', () => {
    const state: PodState = { sandbox: { ...SANDBOX, ready: false }, containers: [ended('a', 255), ended('b', 255)] }
    expect(act(pod, state)).toEqual({ ...IDLE, killPod: true, createSandbox: true, attempt: 1, start: ['a', 'b'] })
  })

  test('loses a container whose liveness probe failed, and gets it again', () => {
    const probes: ProbeVerdicts = {
      ...HEALTHY,
      verdict: (_, { name }) => (name === 'a' ? 'failed liveness' : 'healthy'),
    }
    expect(act(pod, stateOf(running('a'), running('b')), probes)).toEqual({
      ...IDLE,
      kill: ['Container a failed liveness probe, will be restarted'],
      start: ['a'],
    })
  })
})

describe('init containers', () => {
  const pod = podWith({ initContainers: init })

  test('run one after the other, before the rest', () => {
    expect(act(pod, { sandbox: undefined, containers: [] }).init).toEqual(['one'])
    expect(act(pod, stateOf(running('one')))).toEqual(IDLE)
    expect(act(pod, stateOf(ended('one', 0)))).toEqual({ ...IDLE, init: ['two'] })
    expect(act(pod, stateOf(ended('two', 0), ended('one', 0)))).toEqual({ ...IDLE, start: ['app'] })
  })

  test('are tried again when they fail, unless the Pod must not restart', () => {
    expect(act(pod, stateOf(ended('one', 1)))).toEqual({ ...IDLE, init: ['one'] })
    expect(act(podWith({ initContainers: init, restartPolicy: 'Never' }), stateOf(ended('one', 1)))).toEqual({
      ...IDLE,
      killPod: true,
    })
  })

  test('are over once a regular container has been started, even if their remains are gone', () => {
    expect(act(pod, stateOf(running('app')))).toEqual(IDLE)
  })
})

describe('sidecars', () => {
  const pod = podWith({ initContainers: [sidecar, { name: 'last' }] })

  test('let the next one begin once they have started', () => {
    const waiting: ProbeVerdicts = { ...HEALTHY, hasStarted: () => false }
    expect(act(pod, stateOf(running('side')), waiting)).toEqual(IDLE)
    expect(act(pod, stateOf(running('side')))).toEqual({ ...IDLE, init: ['last'] })
    expect(act(pod, stateOf(ended('last', 0), running('side')))).toEqual({ ...IDLE, start: ['app'] })
  })

  test('are started again when they end, beside what is due anyway', () => {
    expect(act(pod, stateOf(running('app'), ended('side', 0)))).toEqual({ ...IDLE, init: ['side'] })
    expect(act(pod, stateOf(running('last'), ended('side', 1)))).toEqual({ ...IDLE, init: ['side'] })
  })

  test('are not started again for a Pod that is over', () => {
    const once = podWith({ initContainers: [sidecar], restartPolicy: 'Never' })
    expect(act(once, stateOf(ended('app', 0), ended('side', 0)))).toEqual({ ...IDLE, killPod: true })
  })
})
