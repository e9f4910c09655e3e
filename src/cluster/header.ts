import type { RecordingHeader } from '../events/recording.ts'
import type { ResolvedOptions } from './options.ts'

/** The version of Seatrial that writes recordings. */
export const VERSION = '0.1.0'

/** The first line of a recording: everything that is needed to run it again, but for its inputs, which are events. */
export const recordingHeader = (options: ResolvedOptions): RecordingHeader => {
  const { seed, ...others } = options
  return {
    seed,
    options: others,
    keep: options.retain === 'all' ? 'all' : 'facts',
    version: VERSION,
    tz: process.versions['tz'] ?? '',
  }
}
