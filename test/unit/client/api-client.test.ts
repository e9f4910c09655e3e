/**
 * Goal: a caller hears of a refusal that asks for patience only when patience has not helped.
 * Method: one client over a context that records what is sent and which alarms are set.
 */
import { expect, test } from 'vitest'
import { ApiClient, type ApiAnswer } from '../../../src/engine/client/api-client.ts'
import { Endpoint } from '../../../src/engine/client/endpoint.ts'
import type { ActorContext } from '../../../src/engine/actor.ts'
import type { EventData } from '../../../src/events/catalogue/index.ts'
import type { LogEvent } from '../../../src/events/envelope.ts'
import { seconds } from '../../../src/events/time.ts'
import { tooManyRequests } from '../../../src/kubernetes/status.ts'
import { fakeContext } from '../../support/fake-context.ts'

const SERVER = 'kube-apiserver/0'

class Bench {
  readonly sent: number[] = []
  readonly alarms = new Map<string, number>()
  readonly answers: ApiAnswer[] = []
  private readonly context: ActorContext
  private readonly client = new ApiClient({
    user: 'somebody',
    endpoint: new Endpoint([SERVER]),
    read: () => undefined,
  })

  constructor(timeout?: number) {
    this.context = fakeContext({
      id: 'somebody',
      emit: (_type, data) => this.sent.push((data as EventData<'ApiRequested'>).request),
      setTimer: (name, key, delay) => void this.alarms.set(`${name} ${key}`, delay),
      cancelTimer: (name, key) => void this.alarms.delete(`${name} ${key}`),
    })
    const call = { verb: 'get', kind: 'ConfigMap', namespace: 'default', name: 'a' } as const
    this.client.call(this.context, call, (answer) => this.answers.push(answer), { timeout })
  }

  answer(data: Omit<EventData<'ApiResponded'>, 'request'>): void {
    this.give(SERVER, 'ApiResponded', { request: 1, ...data })
  }

  fire(alarm: string): void {
    const [name = '', key = ''] = alarm.split(' ')
    this.alarms.delete(alarm)
    this.give('somebody', 'TimerFired', { name, key })
  }

  private give<T extends 'ApiResponded' | 'TimerFired'>(by: string, type: T, data: EventData<T>): void {
    const event = { seq: 2, at: 0, by, to: 'somebody', cause: 1, type, v: 1, data }
    this.client.receive(event as LogEvent, this.context)
  }
}

const patience = { code: 429, status: tooManyRequests('wait', 3) }

test('what says when to come back is asked again after that time, and the caller hears the last answer', () => {
  const bench = new Bench()
  bench.answer(patience)
  expect(bench.answers).toEqual([])
  expect([...bench.alarms]).toEqual([['api-throttle 1', seconds(3)]])
  bench.fire('api-throttle 1')
  expect(bench.sent).toEqual([1, 1])
  bench.answer({ code: 200, revision: 7 })
  expect(bench.answers).toMatchObject([{ ok: true, revision: 7 }])
})

test('not more than ten times', () => {
  const bench = new Bench()
  for (let i = 0; i < 10; i++) {
    bench.answer(patience)
    bench.fire('api-throttle 1')
  }
  bench.answer(patience)
  expect(bench.sent).toHaveLength(11)
  expect(bench.answers).toMatchObject([{ ok: false, code: 429, reason: 'TooManyRequests' }])
})

test('a refusal that does not say when is the caller’s', () => {
  const bench = new Bench()
  bench.answer({ code: 429, status: tooManyRequests('no', 0) })
  expect(bench.answers).toMatchObject([{ ok: false, code: 429 }])
  expect(bench.alarms.size).toBe(0)
})

test('a call’s own time limit counts the waiting', () => {
  const bench = new Bench(seconds(10))
  bench.answer(patience)
  bench.fire('api-timeout 1')
  expect(bench.answers).toMatchObject([{ ok: false, code: 0, message: 'context deadline exceeded' }])
  bench.fire('api-throttle 1')
  expect(bench.sent).toEqual([1])
})
