/** `--data`: the cluster of a data directory, told about in words. */
import { toStderr } from './colours.ts'
import type { Cluster, CreateOptions } from '../cluster.ts'
import type { Listening, ListenOptions } from '../cluster/listen.ts'
import type { Restored } from '../server/data/data-directory.ts'
import { BadInput } from './exit-codes.ts'

export interface KeptCluster {
  readonly cluster: Cluster
  readonly isRestored: boolean
  /** Where it listened before, if nothing else is asked and the port is free; with the certificates that clients have. */
  listen(options: ListenOptions): Promise<Listening>
  close(): void
}

/** @throws BadInput */
export const openKept = async (path: string, given: CreateOptions): Promise<KeptCluster> => {
  const { DataDirectory, DataDirectoryError } = await import('../server/data/data-directory.ts')
  const began = performance.now()
  try {
    const data = await DataDirectory.open(path, given)
    const { cluster, restored } = data.start(given)
    if (restored !== undefined) tell(restored, performance.now() - began)
    const listen = async (options: ListenOptions): Promise<Listening> => {
      const { ADMINISTRATOR } = await import('../server/listen.ts')
      const { host = '127.0.0.1', users = [ADMINISTRATOR], port = 0 } = options
      // What was set up before anybody could ask is durable with it.
      data.commit()
      const certificates = data.certificates(host, users)
      const all = { ...options, certificates, commit: data.commit }
      const api = await listenAgain(cluster, all, port === 0 ? data.port : port)
      data.port = Number(new URL(api.url).port)
      return api
    }
    return { cluster, isRestored: restored !== undefined, listen, close: () => data.close() }
  } catch (error) {
    if (error instanceof DataDirectoryError) throw new BadInput(error.lines)
    throw error
  }
}

/** A port that nobody insists on may have been taken by somebody else. */
const listenAgain = async (cluster: Cluster, options: ListenOptions, port: number): Promise<Listening> => {
  try {
    return await cluster.listen({ ...options, port })
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    if (options.port === undefined || options.port === 0) return cluster.listen(options)
    throw new BadInput([error.message])
  }
}

const tell = ({ inputs, events, at, closed, cut }: Restored, tookMs: number): void => {
  const lines = [
    `${toStderr.green('restored')} ${inputs} inputs, ${events} events, ${(at / 1e6).toFixed(3)} s of cluster time, in ${(tookMs / 1000).toFixed(2)} s`,
    ...(closed
      ? []
      : [`${toStderr.yellow('note')} the last run was cut off; what no client had been told of is not there`]),
    ...(cut === 0
      ? []
      : [`${toStderr.yellow('note')} ${cut} groups of inputs at the end were damaged and were cut off`]),
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}
