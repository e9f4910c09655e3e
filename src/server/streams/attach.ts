/** POST pods/<name>/attach, over a WebSocket. */
import type { WebSocket } from 'ws'
import { seconds } from '../../events/time.ts'
import { attendedCommand, type AttendedCommand } from '../../kubernetes/workload/interactive.ts'
import { runCommand } from '../../kubernetes/workload/shell/run.ts'
import type { Process } from '../../kubernetes/workload/shell/world.ts'
import type { Channels } from './channels.ts'
import { delayed, drive, openChannels, promptOf, statusOf, type Attended } from './process.ts'
import { writtenBy } from './written.ts'

/** The most that passes until a machine that lives has ended a process. */
const ENDS_WITHIN = seconds(2)

/** Attaching shows what the container goes on to write, or sits down at the command that waits for him. */
export const serveAttach = async (socket: WebSocket, attended: Attended): Promise<void> => {
  const { connected, wanted } = attended
  const { isTerminal } = wanted
  const channels = openChannels(socket, wanted)
  const command = wanted.stdin ? attendedCommand(connected.container) : undefined
  if (command === undefined) await follow(channels, attended, isTerminal)
  else await sitDown(command, channels, attended, isTerminal)
  channels.finish(statusOf(0))
}

const follow = async (channels: Channels, attended: Attended, isTerminal: boolean): Promise<void> => {
  const { access, connected, life, calls } = attended
  const lines = (): readonly { readonly text: string }[] => writtenBy(connected, life, access)
  let told = lines().length
  while (!channels.closed) {
    const all = lines()
    for (const { text } of all.slice(told)) channels.write('stdout', isTerminal ? `${text}\r\n` : `${text}\n`)
    told = all.length
    if (life.ended !== undefined) break
    await calls.pass(Infinity, delayed())
  }
}

/**
 * The command's end is its container's: a machine is told of it, as an input. Its exit code shows in the Pod's status, not
 * here. A standard input that is not only for once outlives whoever sat at it.
 */
const sitDown = async (
  { words, readsInput }: AttendedCommand,
  channels: Channels,
  attended: Attended,
  isTerminal: boolean,
): Promise<void> => {
  const { access, connected, life, calls } = attended
  const { container, pod } = connected
  const world = access.world(connected, life)
  const prompt = isTerminal && readsInput ? promptOf(words[0] ?? '', world) : ''
  const process = overheard(runCommand(words, world), (text) => access.hear(life, text))
  const exitCode = await drive(process, attended, channels, { isTerminal, prompt })
  const goesOn = readsInput && channels.inputEnded && container.stdinOnce !== true
  if (life.ended !== undefined || goesOn) return
  calls.endTask(pod.spec.nodeName ?? '', { task: life.id, exitCode: channels.closed ? 0 : exitCode })
  await calls.pass(ENDS_WITHIN, () => life.ended !== undefined)
}

/** The same process, whose output is told on. */
function* overheard(process: Process, hear: (text: string) => void): Process {
  let next = process.next()
  while (next.done !== true) {
    if (next.value.kind === 'output') hear(next.value.text)
    next = process.next(yield next.value)
  }
  return next.value
}
