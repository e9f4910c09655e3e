import { recordingHeader } from '../cluster/header.ts'
import { resolveOptions } from '../cluster/options.ts'
import type { Cluster, CreateOptions } from '../cluster.ts'
import { RecordingWriter } from '../events/file/recording-writer.ts'

/** What `--record` asks for. */
export interface Recorder {
  readonly sink: RecordingWriter['sink']
  close(cluster: Cluster): void
}

/** Opens the recording of a cluster that is going to be made with these options. */
export const openRecorder = (path: string, options: CreateOptions): Recorder => {
  const writer = new RecordingWriter(path, recordingHeader(resolveOptions(options)))
  return { sink: writer.sink, close: (cluster) => writer.close(cluster.digest()) }
}
