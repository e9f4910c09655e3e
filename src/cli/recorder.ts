import { recordingHeader } from '../cluster/header.ts'
import { resolveOptions } from '../cluster/options.ts'
import type { Cluster, CreateOptions } from '../cluster.ts'
import { RecordingWriter } from '../events/file/recording-writer.ts'
import { BadInput } from './exit-codes.ts'

/** What `--record` asks for. */
export interface Recorder {
  readonly sink: RecordingWriter['sink']
  close(cluster: Cluster): void
}

/** Opens the recording of a cluster that is going to be made with these options. @throws BadInput */
export const openRecorder = (path: string, options: CreateOptions): Recorder => {
  const writer = written(path, options)
  return { sink: writer.sink, close: (cluster) => writer.close(cluster.digest()) }
}

/** A place where nothing can be written is the caller's mistake. */
const written = (path: string, options: CreateOptions): RecordingWriter => {
  try {
    return new RecordingWriter(path, recordingHeader(resolveOptions(options)))
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new BadInput([`--record: ${error.message}`])
    throw error
  }
}
