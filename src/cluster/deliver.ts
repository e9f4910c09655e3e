import type { Kernel } from '../engine/kernel/kernel.ts'
import type { OutsideMessage } from './inputs.ts'

/** Gives what comes from outside to whom it is for. */
export const deliver = (kernel: Kernel, message: OutsideMessage): void => {
  // One case for each type, so that each has data of its own type.
  switch (message.type) {
    case 'ApiRequested':
      kernel.input(message.type, message.data, message.to)
      return
    case 'WatchRequested':
      kernel.input(message.type, message.data, message.to)
      return
    case 'WatchCancelled':
      kernel.input(message.type, message.data, message.to)
      return
    case 'CallRequested':
      kernel.input(message.type, message.data, message.to)
      return
    case 'EndTask':
      kernel.input(message.type, message.data, message.to)
      return
    case 'WebhookAnswered':
      kernel.input(message.type, message.data, message.to)
      return
    case 'BackendStateRequested':
      kernel.input(message.type, message.data, message.to)
      return
    case 'UsageRequested':
      kernel.input(message.type, message.data, message.to)
  }
}

/** The number under which its sender waits for what comes of it. */
export const numberOf = ({ type, data }: OutsideMessage): number => {
  switch (type) {
    case 'ApiRequested':
      return data.request
    case 'CallRequested':
      return data.call
    case 'UsageRequested':
      return data.scrape
    case 'EndTask':
    case 'WebhookAnswered':
    case 'BackendStateRequested':
      // Nobody waits for what comes of it.
      return 0
    default:
      return data.watch
  }
}
