/** POST pods/<name>/exec, over a WebSocket. */
import type { WebSocket } from 'ws'
import { isProgram, runCommand } from '../../kubernetes/workload/shell/run.ts'
import { drive, openChannels, promptOf, statusOf, type Attended } from './process.ts'

const NOT_FOUND = 127

export const serveExec = async (socket: WebSocket, attended: Attended): Promise<void> => {
  const { query, access, connected, life, wanted } = attended
  const { isTerminal } = wanted
  const channels = openChannels(socket, wanted)
  const command = query.getAll('command')
  const [program = ''] = command
  if (!isProgram(program)) {
    const text = `OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(program)}: executable file not found in $PATH: unknown`
    channels.write('stderr', isTerminal ? `${text}\r\n` : `${text}\n`)
    channels.finish(statusOf(NOT_FOUND))
    return
  }
  const world = access.world(connected, life)
  const process = runCommand(command, world)
  const prompt = isTerminal ? promptOf(program, world) : ''
  channels.finish(statusOf(await drive(process, attended, channels, { isTerminal, prompt })))
}
