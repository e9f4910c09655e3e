/**
 * Goal: a manifest alone says how its containers behave; annotations say it otherwise; what a probe meets follows from one
 * run of the model.
 * Method: containers as people write them; then any annotations and any moments, against the rules that bind the answers.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { millis, seconds } from '../../../src/events/time.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import type { Pod, PodSpec } from '../../../src/kubernetes/types/pod.ts'
import { annotationProblems, WORKLOAD_ANNOTATIONS } from '../../../src/kubernetes/workload/annotations.ts'
import { programOf } from '../../../src/kubernetes/workload/command.ts'
import { formatDuration, parseDuration } from '../../../src/kubernetes/workload/duration.ts'
import { imageReference, isImageName, normalizedImage, pullTime } from '../../../src/kubernetes/workload/images.ts'
import { modelFor, registryAnswerFor } from '../../../src/kubernetes/workload/model.ts'
import { planRun, probeOutcome, unchangedUntil, type Standing } from '../../../src/kubernetes/workload/run.ts'

const podWith = (container: Container, spec: Partial<PodSpec> = {}, annotations?: Record<string, string>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '', annotations },
  spec: { containers: [container], ...spec },
})

const model = (
  container: Omit<Container, 'name'>,
  spec: Partial<PodSpec> = {},
  annotations?: Record<string, string>,
) => {
  const named: Container = { name: 'app', ...container }
  return modelFor(podWith(named, spec, annotations), named)
}

describe('durations', () => {
  test('are read and written as Go does', () => {
    expect(parseDuration('1h2m3.5s')).toBe(3_723_500_000)
    expect(parseDuration('300ms')).toBe(millis(300))
    expect(parseDuration('5')).toBe(seconds(5))
    expect(parseDuration('soon')).toBeUndefined()
    expect([0, 1, 1_500, 1_234_000, seconds(90), 3_723_500_000].map(formatDuration)).toEqual([
      '0s',
      '1µs',
      '1.5ms',
      '1.234s',
      '1m30s',
      '1h2m3.5s',
    ])
  })

  test('come back from their text', () => {
    fc.assert(
      fc.property(fc.nat(), (duration) => {
        expect(parseDuration(formatDuration(duration))).toBe(duration)
      }),
    )
  })
})

describe('a container without annotations', () => {
  test('of an unknown image serves, starts in 1 to 3 s and listens on what it declares', () => {
    const web = model({ image: 'shop/web:2', ports: [{ containerPort: 8080 }] })
    expect(web.startup).toEqual({ low: seconds(1), high: seconds(3) })
    expect(web.ports).toEqual([8080])
    expect(web.exitAfter).toBeUndefined()
  })

  test('of a database starts more slowly', () => {
    expect(model({ image: 'postgres:17' }).startup).toEqual({ low: seconds(3), high: seconds(8) })
  })

  test('of a shell does what its command says', () => {
    const run = (command: readonly string[]) => programOf({ command })
    expect(run(['sleep', '30'])).toEqual({ forever: false, takes: seconds(30), code: 0 })
    expect(run(['sh', '-c', 'sleep 2; exit 3'])).toEqual({ forever: false, takes: seconds(2), code: 3 })
    expect(run(['/bin/sh', '-c', 'while true; do echo hi; sleep 1; done'])?.forever).toBe(true)
    expect(run(['sh', '-c', 'echo start && sleep infinity'])?.forever).toBe(true)
    expect(run(['nginx', '-g', 'daemon off;'])).toBeUndefined()
    expect(model({ image: 'busybox' }).exitAfter?.high).toBeLessThan(millis(100))
    expect(model({ image: 'busybox', command: ['sleep', '3600'] }).ignoresTerm).toBe(true)
  })

  test('of a Job ends by itself, of a Deployment does not', () => {
    expect(model({ image: 'batch/import' }, { restartPolicy: 'Never' }).exitAfter).toBeDefined()
    expect(model({ image: 'batch/import' }, { restartPolicy: 'Always' }).exitAfter).toBeUndefined()
  })

  test('that initialises ends by itself, a sidecar does not', () => {
    const init: Container = { name: 'init', image: 'shop/migrate' }
    const side: Container = { name: 'side', image: 'mesh/proxy', restartPolicy: 'Always' }
    const pod = podWith({ name: 'app', image: 'web' }, { initContainers: [init, side] })
    expect(modelFor(pod, init).exitAfter).toBeDefined()
    expect(modelFor(pod, side).exitAfter).toBeUndefined()
  })
})

describe('annotations', () => {
  test('every documented example is accepted, and nothing else under our prefix', () => {
    for (const { name, example } of WORKLOAD_ANNOTATIONS) expect(annotationProblems({ [name]: example })).toEqual([])
    expect(annotationProblems({ 'seatrial.dev/start-up': '5s' })).toHaveLength(1)
    expect(annotationProblems({ 'seatrial.dev/startup': 'soon' })).toHaveLength(1)
    expect(annotationProblems({ 'example.com/startup': 'soon' })).toEqual([])
  })

  test('speak for all containers, or for one by its name', () => {
    const annotations = { 'seatrial.dev/startup': '5s', 'seatrial.dev/startup.app': '9s' }
    expect(model({ image: 'web' }, {}, annotations).startup.low).toBe(seconds(9))
    const other: Container = { name: 'other', image: 'web' }
    expect(modelFor(podWith(other, {}, annotations), other).startup.low).toBe(seconds(5))
  })

  test('make a container crash on every start, or on its first ones', () => {
    const crashing = model({ image: 'web' }, {}, { 'seatrial.dev/crash-times': '2' })
    const draw = { between: (low: number): number => low }
    const codes = [0, 1, 2].map((restarts) => {
      const run = planRun(crashing, restarts, 0, draw)
      return run.endsAt === undefined ? undefined : run.exitCode
    })
    expect(codes).toEqual([1, 1, undefined])
    expect(
      model({ image: 'web' }, {}, { 'seatrial.dev/crash-on-start': 'true', 'seatrial.dev/exit-code': '3' }).exitCode,
    ).toBe(3)
  })

  test('let memory grow over its limit, at the moment a straight line says', () => {
    const container: Container = { name: 'app', image: 'web', resources: { limits: { memory: '100Mi' } } }
    const annotations = { 'seatrial.dev/memory': '400Mi', 'seatrial.dev/memory-ramp': '40s' }
    const greedy = modelFor(podWith(container, {}, annotations), container)
    const run = planRun(greedy, 0, seconds(100), { between: (low) => low })
    expect(run).toMatchObject({ endsAt: seconds(110), exitCode: 137, outOfMemory: true })
  })

  test('say what the registry does', () => {
    const pod = podWith(
      { name: 'app' },
      {},
      { 'seatrial.dev/image-pull': 'fail', 'seatrial.dev/image-pull.slow': '10s' },
    )
    expect(registryAnswerFor(pod, 'app')).toEqual({ fails: true })
    expect(registryAnswerFor(pod, 'slow')).toEqual({ takes: seconds(10) })
  })
})

describe('images', () => {
  test('are named as the runtime reports them', () => {
    expect(normalizedImage('nginx')).toBe('docker.io/library/nginx:latest')
    expect(normalizedImage('shop/web:2')).toBe('docker.io/shop/web:2')
    expect(normalizedImage('registry.example/app:1')).toBe('registry.example/app:1')
    expect(imageReference('registry.example:5000/app')).toMatch(/^registry\.example:5000\/app@sha256:[0-9a-f]{64}$/)
    expect(isImageName('Registry/App')).toBe(false)
  })

  test('take 1 to 13 s to pull, each always the same', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,12}$/), (name) => {
        expect(pullTime(name)).toBe(pullTime(name))
        expect(pullTime(name)).toBeGreaterThanOrEqual(seconds(1))
        expect(pullTime(name)).toBeLessThan(seconds(13))
      }),
    )
  })
})

describe('probes', () => {
  const names = ['startup', 'ready-after', 'unhealthy-after', 'hang-after']
  const annotations = fc
    .tuple(...names.map(() => fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined })))
    .map((values) =>
      Object.fromEntries(
        values.flatMap((value, i) => (value === undefined ? [] : [[`seatrial.dev/${names[i]}`, `${value}s`]])),
      ),
    )
  const questions = fc.record({
    readiness: fc.boolean(),
    by: fc.constantFrom('http' as const, 'tcp' as const, 'exec' as const, 'grpc' as const),
    port: fc.constantFrom(80, 81),
    timeoutMicros: fc.constant(seconds(1)),
  })

  const standingWith = (written: Record<string, string>): Standing => {
    const web = model({ image: 'web', ports: [{ containerPort: 80 }] }, {}, written)
    return {
      model: web,
      run: planRun(web, 0, 0, { between: (low, high) => Math.floor((low + high) / 2) }),
      stoppingSince: undefined,
    }
  }

  test('meet the same until the moment that the answer names, and not always the same after it', () => {
    let differed = 0
    fc.assert(
      fc.property(annotations, questions, fc.nat(seconds(60)), fc.nat(seconds(60)), (written, question, at, later) => {
        const standing = standingWith(written)
        const until = unchangedUntil(standing, at)
        const now = probeOutcome(standing, question, at)
        const end = until ?? at + seconds(600)
        const between = at + (later % (end - at))
        expect(probeOutcome(standing, question, between)).toBe(now)
        if (until !== undefined && probeOutcome(standing, question, until) !== now) differed++
      }),
      { numRuns: 1_000 },
    )
    expect(differed).toBeGreaterThan(50)
  })

  test('are refused on a port that nobody listens on, and by whom is stopping', () => {
    const standing = standingWith({})
    const ask = { readiness: true, by: 'tcp', timeoutMicros: seconds(1) } as const
    expect(probeOutcome(standing, { ...ask, port: 81 }, seconds(50))).toBe('refused')
    expect(probeOutcome(standing, { ...ask, port: 80 }, seconds(50))).toBe('ok')
    expect(probeOutcome({ ...standing, stoppingSince: seconds(49) }, { ...ask, port: 80 }, seconds(50))).toBe('refused')
  })
})
