/**
 * Goal: the charts of kubelet, Pod worker, container and task run compiled, and nobody can tell them from xstate's own.
 * Method: any sequence of their events goes to xstate's actor and to the compiled chart; see statechart.equivalence.ts.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnyStateMachine, EventObject } from 'xstate'
import { taskChart } from '../../../src/actors/host/task.chart.ts'
import { kubeletChart } from '../../../src/actors/kubelet/kubelet.chart.ts'
import { slotChart } from '../../../src/actors/kubelet/pods/container.chart.ts'
import { workerChart } from '../../../src/actors/kubelet/pods/worker.chart.ts'
import { compileChart } from '../../../src/engine/statechart/compile.ts'
import { modelFor } from '../../../src/kubernetes/workload/model.ts'
import { planRun } from '../../../src/kubernetes/workload/run.ts'
import { equivalence, type Experiment } from '../../properties/statechart.equivalence.ts'
import { asRestoredRows, asRows } from '../../properties/statechart.implementations.ts'

const eventsOf = (...types: readonly string[]): fc.Arbitrary<readonly EventObject[]> =>
  fc.array(fc.record({ type: fc.constantFrom(...types), now: fc.nat(10), message: fc.constantFrom('a', 'b') }), {
    maxLength: 14,
  })

const experimentsWith = (
  machine: AnyStateMachine,
  events: fc.Arbitrary<readonly EventObject[]>,
  input?: fc.Arbitrary<unknown>,
) => fc.record<Experiment>({ machine: fc.constant(machine), input: input ?? fc.constant(undefined), events })

/** Runs with and without an end of their own, with and without an ear for SIGTERM. */
const taskInputs = fc
  .record({ ends: fc.boolean(), deaf: fc.boolean(), limited: fc.boolean() })
  .map(({ ends, deaf, limited }) => {
    const annotations = {
      ...(ends ? { 'seatrial.dev/exit-after': '5s' } : {}),
      ...(deaf ? { 'seatrial.dev/ignores-sigterm': 'true' } : {}),
    }
    const container = { name: 'app', image: 'web', resources: { limits: { memory: limited ? '1Mi' : '1Gi' } } }
    const metadata = { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '', annotations }
    const model = modelFor({ metadata, spec: { containers: [container] } }, container)
    return { model, run: planRun(model, 0, 0, { between: (low) => low }) }
  })

const CHARTS: readonly (readonly [string, fc.Arbitrary<Experiment>])[] = [
  ['kubelet', experimentsWith(kubeletChart, eventsOf('RuntimeListed', 'RuntimeLost', 'Registered'))],
  [
    'pod worker',
    experimentsWith(
      workerChart,
      eventsOf('Admitted', 'Rejected', 'WorkDue', 'Deleted', 'Completed', 'Stopped', 'CleanedUp'),
    ),
  ],
  [
    'container',
    experimentsWith(
      slotChart,
      eventsOf(
        'Tried',
        'Started',
        'Exited',
        'ErrImagePull',
        'ImagePullBackOff',
        'CrashLoopBackOff',
        'RunContainerError',
      ),
    ),
  ],
  ['task', experimentsWith(taskChart, eventsOf('SIGTERM', 'SIGKILL', 'EndDue'), taskInputs)],
]

describe.each(CHARTS)('the chart of a %s', (_, experiments) => {
  test('is compiled', () => {
    for (const { machine } of fc.sample(experiments, 1)) expect(compileChart(machine).compiled).toBe(true)
  })

  test('runs as in xstate, also when its rows are written down and read back', () => {
    fc.assert(equivalence(asRows, experiments), { numRuns: 200 })
    fc.assert(equivalence(asRestoredRows, experiments), { numRuns: 200 })
  })
})

describe('the Pod worker', () => {
  const chart = compileChart(workerChart)

  test('never runs a Pod again that it has begun to terminate', () => {
    const events = fc.array(
      fc.constantFrom('Admitted', 'Rejected', 'WorkDue', 'Deleted', 'Completed', 'Stopped', 'CleanedUp'),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(events, (types) => {
        const row = chart.start(undefined, () => {})
        let terminating = false
        for (const type of types) {
          const emitted: string[] = []
          chart.step(row, { type } as Parameters<typeof chart.step>[1], (one) => emitted.push(one.type))
          if (terminating) expect(emitted).not.toContain('sync pod')
          terminating ||= chart.matches(row, 'terminating')
        }
      }),
    )
  })
})
