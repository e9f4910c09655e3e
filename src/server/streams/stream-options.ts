/** Which standard streams a request wants. Source: kubelet/pkg/cri/streaming/remotecommand/httpstream.go, NewOptions (v1.36). */
export interface StreamOptions {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly isTerminal: boolean
}

export const NO_STREAMS = 'you must specify at least 1 of stdin, stdout, stderr'

/** Undefined where it wants none. */
export const streamOptions = (query: URLSearchParams): StreamOptions | undefined => {
  const isTerminal = isSet(query, 'tty')
  const stdin = isSet(query, 'stdin')
  const stdout = isSet(query, 'stdout')
  // At a terminal there is one stream for both.
  const stderr = isSet(query, 'stderr') && !isTerminal
  return stdin || stdout || stderr ? { stdin, stdout, stderr, isTerminal } : undefined
}

/** Source: apimachinery/pkg/runtime/conversion.go, Convert_Slice_string_To_bool. */
export const isSet = (query: URLSearchParams, name: string): boolean => {
  const value = query.get(name)
  return value !== null && value !== '0' && value.toLowerCase() !== 'false'
}
