/**
 * Goal: one chart can be a whole xstate actor.
 * Method: an actor of the compiled lamp, watched from outside.
 */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { createActor } from 'xstate'
import { chartLogic } from '../../src/engine/statechart/logic.ts'
import { lamp } from './statechart.lamp.ts'
import type { LampContext } from './statechart.lamp.ts'

describe('a chart as a whole actor', () => {
  const logic = chartLogic(lamp)
  const create = () => createActor(logic, { id: 'lamp', input: { watts: 60 } })

  test('emits what its initial state emits, then what its events make it emit', () => {
    const actor = create()
    const emitted: unknown[] = []
    actor.on('*', (one) => emitted.push([one.type, actor.getSnapshot().state]))
    actor.start()
    actor.send({ type: 'On', watts: 40 })

    expect(emitted).toEqual([
      ['Dark', 'off'],
      ['Lit', 'on.bright'],
    ])
  })

  test('hands out snapshots that no later event changes', () => {
    const actor = create().start()
    const first = actor.getSnapshot()
    actor.send({ type: 'On', watts: 40 })

    expect(first).toMatchObject({ status: 'active', state: 'off', context: { watts: 60 } })
    expect(actor.getSnapshot()).toMatchObject({ status: 'active', state: 'on.bright', context: { watts: 40 } })
  })

  test('keeps its snapshot when an event is not taken', () => {
    const actor = create().start()
    const first = actor.getSnapshot()
    actor.send({ type: 'Off' })

    expect(actor.getSnapshot()).toBe(first)
  })

  test('is done in a final state and stopped when stopped', () => {
    const broken = create().start()
    broken.send({ type: 'Break' })
    expect(broken.getSnapshot().status).toBe('done')

    const stopped = create().start()
    stopped.stop()
    expect(stopped.getSnapshot().status).toBe('stopped')
  })

  test('runs on from a persisted snapshot without starting again', () => {
    const actor = create().start()
    actor.send({ type: 'On', watts: 40 })
    const written = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()))
    const emitted: unknown[] = []
    const restored = createActor(logic, { id: 'lamp', input: { watts: 0 }, snapshot: written })
    restored.on('*', (one) => emitted.push(one))
    restored.start()
    restored.send({ type: 'Dim', by: 15 })

    expect(emitted).toEqual([])
    expect(restored.getSnapshot()).toMatchObject({ state: 'on.dimmed', context: { watts: 25, switched: 1 } })
  })

  test('has the types of its machine', () => {
    const actor = create()
    expectTypeOf(actor.getSnapshot().context).toEqualTypeOf<LampContext>()
    // @ts-expect-error: no such event
    expect(() => actor.send({ type: 'Explode' })).not.toThrow()
  })
})
