import { defineActor } from '../src/engine/actor.ts'
import { Kernel } from '../src/engine/kernel/kernel.ts'
import { createMemoryLog } from '../src/events/memory-log.ts'
import { figure, seconds, type Figure } from './measure.ts'

/** Two actors on two hosts that send a message to and fro: log, digest, network and delivery, nothing else. */
const pingPong = (events: number, digest: boolean): number => {
  const kernel = new Kernel({ seed: 1, log: createMemoryLog({ retain: 'none', digest }) })
  const player = (peer: string) =>
    defineActor<{ left: number }>({
      start: (context) => {
        if (peer === 'b/1') context.setTimer('serve', '', 1000)
        return { left: events }
      },
      receive: (state, event, context) => {
        if (event.type !== 'TimerFired' && event.type !== 'WatchCancelled') return
        if (state.left-- > 0) context.emit('WatchCancelled', { watch: 1 }, { to: peer })
      },
    })
  for (const [own, peer] of [
    ['a/1', 'b/1'],
    ['b/1', 'a/1'],
  ] as const) {
    kernel.machines.addHost(own)
    kernel.machines.addProcess({ id: own, host: own, restartDelay: 0, boot: () => new Map([[own, player(peer)]]) })
  }
  const taken = seconds(() => {
    while (kernel.seq < events && kernel.step());
  })
  return kernel.seq / taken
}

export const benchKernel = (smoke: boolean): readonly Figure[] => {
  const events = smoke ? 20_000 : 500_000
  const runs = smoke ? 1 : 5
  return [
    figure('kernel: events through log, digest and network', 'events/s', runs, () => pingPong(events, true)),
    figure('kernel: the same without digest', 'events/s', runs, () => pingPong(events, false)),
  ]
}
