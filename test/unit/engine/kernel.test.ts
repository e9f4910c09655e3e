/**
 * Goal: the kernel is a fair world: ordered, causal, and as unkind as a real one.
 * Method: two small actors on two hosts that send numbered messages; faults are injected and what arrives is compared.
 */
import { describe, expect, test } from 'vitest'
import type { LogEvent, Micros } from '../../../src/events/envelope.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import { defineActor, type ActorContext } from '../../../src/engine/actor.ts'
import { ActorFailure } from '../../../src/engine/kernel/actors.ts'
import { Kernel } from '../../../src/engine/kernel/kernel.ts'

interface World {
  readonly kernel: Kernel
  readonly log: LogEvent[]
  /** What `receiver` got: numbers, and the names of anything else. */
  readonly got: (number | string)[]
  /** Lets `sender` send one message. */
  send(n: number): void
  at(time: Micros): World
}

/** `sender` on host a passes on what it is told; `receiver` on host b notes it. */
const world = (seed = 1): World => {
  const log: LogEvent[] = []
  const got: (number | string)[] = []
  const kernel = new Kernel({ seed, log: { append: (event) => log.push(event) } })
  kernel.machines.addHost('a')
  kernel.machines.addHost('b')
  const sender = defineActor<undefined>({
    start: () => undefined,
    receive: (_, event, context) => {
      if (event.type === 'WatchCancelled') context.emit('WatchCancelled', event.data, { to: 'receiver/1' })
      if (event.type === 'ConnectionLost') got.push(`sender lost ${event.data.peer} by ${event.data.reason}`)
    },
  })
  const receiver = defineActor<undefined>({
    start: () => undefined,
    receive: (_, event) => {
      if (event.type === 'WatchCancelled') got.push(event.data.watch)
      if (event.type === 'ConnectionLost') got.push(`receiver lost ${event.data.peer} by ${event.data.reason}`)
    },
  })
  const boot = (id: string, actor: typeof sender) => () => new Map([[id, actor]])
  kernel.machines.addProcess({ id: 'sender/1', host: 'a', restartDelay: seconds(1), boot: boot('sender/1', sender) })
  kernel.machines.addProcess({
    id: 'receiver/1',
    host: 'b',
    restartDelay: seconds(1),
    boot: boot('receiver/1', receiver),
  })
  const self: World = {
    kernel,
    log,
    got,
    send: (n) => {
      kernel.input('WatchCancelled', { watch: n }, 'sender/1')
      kernel.run(kernel.now + millis(1))
    },
    at: (time) => {
      kernel.run(time)
      return self
    },
  }
  return self
}

const cutBothWays = { from: 'a', to: 'b', bothWays: true, verdict: { verdict: 'drop' } } as const

describe('delivery', () => {
  test('messages of one sender arrive in order, each caused by what its sender had in hand', () => {
    const { kernel, send, got, log } = world()
    for (let n = 0; n < 100; n++) send(n)
    kernel.run(seconds(1))
    expect(got).toEqual(Array.from({ length: 100 }, (_, n) => n))
    for (const event of log) expect(event.cause).toBeLessThan(event.seq)
    const passedOn = log.filter((event) => event.by === 'sender/1')
    expect(passedOn).toHaveLength(100)
    for (const event of passedOn) expect(log[event.cause - 1]?.by).toBe('outside')
  })

  test('the same seed gives the same log, another seed another one', () => {
    const run = (seed: number): string => {
      const w = world(seed)
      for (let n = 0; n < 20; n++) w.send(n)
      return JSON.stringify(w.at(seconds(1)).log)
    }
    expect(run(7)).toBe(run(7))
    const arrivals = (seed: number): number[] => {
      const w = world(seed)
      for (let n = 0; n < 20; n++) w.kernel.input('WatchCancelled', { watch: n }, 'sender/1')
      return w
        .at(seconds(1))
        .log.filter((event) => event.by === 'sender/1')
        .map((event) => event.at)
    }
    expect(arrivals(7)).not.toEqual(arrivals(8))
  })
})

describe('a cut', () => {
  test('shorter than the silence that breaks a connection delays messages and loses none', () => {
    const { kernel, send, got } = world()
    send(0)
    kernel.addLinkRule({ fault: 1, ...cutBothWays })
    send(1)
    send(2)
    kernel.run(seconds(20))
    expect(got).toEqual([0])
    kernel.removeLinkRule(1)
    kernel.run(seconds(30))
    expect(got).toEqual([0, 1, 2])
  })

  test('longer than that breaks the connection: both ends are told, what was under way is lost', () => {
    const { kernel, send, got } = world()
    send(0)
    kernel.addLinkRule({ fault: 1, ...cutBothWays })
    send(1)
    kernel.run(seconds(60))
    expect(got).toEqual([0, 'sender lost receiver/1 by timeout', 'receiver lost sender/1 by timeout'])
    kernel.removeLinkRule(1)
    send(2)
    kernel.run(seconds(120))
    expect(got.at(-1)).toBe(2)
    expect(got).not.toContain(1)
  })

  test('loss delays: TCP sends again', () => {
    const { kernel, send, got } = world()
    kernel.addLinkRule({ fault: 1, from: 'a', to: 'b', bothWays: true, verdict: { verdict: 'loss', lossPpm: 500_000 } })
    for (let n = 0; n < 50; n++) send(n)
    expect(got.length).toBeLessThan(50)
    kernel.run(seconds(600))
    expect(got).toEqual(Array.from({ length: 50 }, (_, n) => n))
  })
})

describe('an end', () => {
  test('a killed process is gone with its memory; its peer is told by a reset and the supervisor starts it again', () => {
    const { kernel, send, got, log } = world()
    send(0)
    kernel.machines.endProcess('receiver/1', 'test', 0)
    kernel.run(kernel.now + millis(10))
    expect(got).toEqual([0, 'sender lost receiver/1 by reset'])
    kernel.run(kernel.now + seconds(2))
    send(1)
    expect(got.at(-1)).toBe(1)
    const starts = log.filter((event) => event.type === 'ProcessStarted' && event.data.process === 'receiver/1')
    expect(starts.map((event) => (event.type === 'ProcessStarted' ? event.data.incarnation : 0))).toEqual([1, 2])
  })

  test('a host without power tells nobody: its peers notice by the silence', () => {
    const { kernel, send, got } = world()
    send(0)
    kernel.machines.powerOff('b', 0)
    kernel.run(seconds(40))
    expect(got).toEqual([0])
    kernel.run(seconds(50))
    expect(got).toEqual([0, 'sender lost receiver/1 by timeout'])
    kernel.machines.powerOn('b', 0)
    kernel.run(seconds(100))
    send(1)
    expect(got.at(-1)).toBe(1)
  })

  describe('of which no reset could tell', () => {
    /** The receiver ends while nothing comes out of its machine, and is back; then the link is whole again. */
    const unheard = (): World => {
      const one = world()
      one.send(0)
      one.kernel.addLinkRule({
        ...{ fault: 1, from: 'b', to: 'a', bothWays: false },
        verdict: { verdict: 'drop' },
      })
      one.kernel.machines.endProcess('receiver/1', 'test', 0)
      one.at(seconds(5))
      one.kernel.removeLinkRule(1)
      return one
    }

    test('is noticed by the silence when they do not meet again before', () => {
      const { got } = unheard().at(seconds(60))
      expect(got).toEqual([0, 'sender lost receiver/1 by timeout'])
    })

    test('is told when they meet again, once, and never ends their new connection', () => {
      const { got, send, at } = unheard()
      send(1)
      expect(got).toEqual([0, 'sender lost receiver/1 by reset'])
      send(2)
      at(seconds(120))
      expect(got).toEqual([0, 'sender lost receiver/1 by reset', 2])
    })
  })

  test('a paused process finds what has piled up', () => {
    const { kernel, send, got } = world()
    send(0)
    kernel.machines.pause('receiver/1')
    send(1)
    kernel.run(seconds(5))
    expect(got).toEqual([0])
    kernel.machines.resume('receiver/1')
    kernel.run(seconds(20))
    expect(got).toEqual([0, 1])
  })

  test('a paused process that goes on is heard at once, in what its timers make it say', () => {
    const { kernel, send, got } = world()
    const clock = defineActor<undefined>({
      start: (context) => {
        context.setTimer('tick', '', seconds(1))
        context.emit('WatchCancelled', { watch: 0 }, { to: 'receiver/1' })
        return undefined
      },
      receive: (_, event, context) => {
        if (event.type === 'TimerFired') context.emit('WatchCancelled', { watch: 1 }, { to: 'receiver/1' })
      },
    })
    kernel.machines.addProcess({ id: 'clock/1', host: 'a', restartDelay: 0, boot: () => new Map([['clock/1', clock]]) })
    send(7)
    kernel.machines.pause('clock/1')
    kernel.run(seconds(5))
    expect(got.toSorted()).toEqual([0, 7])
    kernel.machines.resume('clock/1')
    kernel.run(kernel.now + millis(10))
    expect(got.at(-1)).toBe(1)
  })

  test('what an actor throws stops the run and names the actor and its event', () => {
    const kernel = new Kernel({ seed: 1, log: { append: () => {} } })
    kernel.machines.addHost('a')
    const broken = defineActor<undefined>({
      start: (context) => {
        context.setTimer('bang', '', 5)
        return undefined
      },
      receive: () => {
        throw new Error('out of luck')
      },
    })
    kernel.machines.addProcess({
      id: 'broken/1',
      host: 'a',
      restartDelay: 0,
      boot: () => new Map([['broken/1', broken]]),
    })
    expect(() => kernel.run(10)).toThrow(ActorFailure)
    expect(() => kernel.run(10)).not.toThrow()
  })
})

describe('disks', () => {
  const writer = (): { kernel: Kernel; seen: unknown[][]; context: () => ActorContext } => {
    const seen: unknown[][] = []
    let last: ActorContext | undefined
    const kernel = new Kernel({ seed: 1, log: { append: () => {} } })
    kernel.machines.addHost('a')
    const actor = defineActor<undefined>({
      start: (context) => {
        last = context
        seen.push([...context.disk.records()])
      },
      receive: () => {},
    })
    kernel.machines.addProcess({
      id: 'w/1',
      host: 'a',
      restartDelay: seconds(1),
      boot: () => new Map([['w/1', actor]]),
    })
    return {
      kernel,
      seen,
      context: () => {
        if (last === undefined) throw new Error('not started')
        return last
      },
    }
  }

  test('what is written survives the process, what is synced survives a power cut', () => {
    const { kernel, seen, context } = writer()
    context().disk.append('synced')
    context().disk.sync()
    kernel.run(seconds(1))
    context().disk.append('written')
    kernel.machines.endProcess('w/1', 'test', 0)
    kernel.run(seconds(5))
    expect(seen.at(-1)).toEqual(['synced', 'written'])
    context().disk.append('lost')
    kernel.machines.powerOff('a', 0)
    kernel.machines.powerOn('a', 0)
    kernel.run(seconds(60))
    expect(seen.at(-1)).toEqual(['synced', 'written'])
  })
})
