/**
 * Goal: nobody can tell from outside whether a chart is compiled into a table or interpreted by xstate. Method: the
 * same random events go to xstate's own actor and to our chart, for charts written by hand and for random ones whose
 * every action leaves a label; leaves, contexts, emitted events, `can`, `matches` and the end must agree after each.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileChart } from '../../src/engine/statechart/compile.ts'
import { writtenCharts } from './statechart.charts.ts'
import { equivalence, traceOfXstate } from './statechart.equivalence.ts'
import { asActor, asRestoredRows, asRows } from './statechart.implementations.ts'
import { experiments } from './statechart.random.ts'

const implementations = { asRows, asRestoredRows, asActor }

describe.each(Object.entries(implementations))('%s', (_, implementation) => {
  test.each(writtenCharts)('the chart $name runs as in xstate', ({ experiments }) => {
    fc.assert(equivalence(implementation, experiments), { numRuns: 300 })
  })

  test('random charts of the compiled subset run as in xstate', () => {
    fc.assert(equivalence(implementation, experiments(false)), { numRuns: 400 })
  })

  test('random charts with all that xstate interprets run as in xstate', () => {
    fc.assert(equivalence(implementation, experiments(true)), { numRuns: 400 })
  })
})

describe('the random charts are worth running', () => {
  const drawn = (wide: boolean) => fc.sample(experiments(wide), { numRuns: 400, seed: 1 })

  test('those of the subset are compiled, but for ends that a wildcard hears', () => {
    const reasons = drawn(false).flatMap(({ machine }) => {
      const chart = compileChart(machine)
      return chart.compiled ? [] : [chart.reason]
    })

    expect(reasons.length).toBeLessThan(100)
    expect(reasons.filter((reason) => !reason.includes('onDone or a wildcard'))).toEqual([])
  })

  test('the others need the interpreter for every reason there is', () => {
    const reasons = drawn(true).flatMap(({ machine }) => {
      const chart = compileChart(machine)
      return chart.compiled ? [] : [chart.reason]
    })
    const kinds = ['parallel', 'history', 'always', 'onDone', 'xstate.raise', 'xstate.enqueueActions', 'xstate.log']

    expect(kinds.filter((kind) => !reasons.some((reason) => reason.includes(kind)))).toEqual([])
  })

  test('no trace of a chart written by hand is cut short', () => {
    const written = writtenCharts.flatMap(({ experiments }) => fc.sample(experiments, { numRuns: 100, seed: 1 }))
    const cut = written.filter((experiment) => {
      const trace = traceOfXstate(experiment)
      const last = trace.at(-1)
      return trace.length <= experiment.events.length && (last === undefined || last === 'failed' || !last.done)
    })

    expect(cut).toEqual([])
  })

  test('they move, emit and end', () => {
    const sights = drawn(false).flatMap((experiment) => [...traceOfXstate(experiment)])
    const seen = sights.flatMap((sight) => (sight === 'failed' ? [] : [sight]))

    expect(seen.filter((sight) => sight.taken).length).toBeGreaterThan(1_000)
    expect(seen.filter((sight) => sight.emitted.length > 1).length).toBeGreaterThan(500)
    expect(seen.filter((sight) => sight.done).length).toBeGreaterThan(5)
    expect(sights.filter((sight) => sight === 'failed').length).toBeLessThan(50)
  })
})
