import { closeSync, openSync, readSync } from 'node:fs'
import { errorAt, type Problem } from '../problem.ts'

/** Bytes read at once. */
const CHUNK = 256 * 1024

/** The bytes of a file, chunk by chunk; what the operating system refuses is a problem, not an exception. */
export function* fileChunks(path: string, onProblem: (problem: Problem) => void): Generator<Uint8Array> {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    for (;;) {
      // A fresh buffer each time: whoever reads may keep the end of a chunk for the next line.
      const chunk = Buffer.allocUnsafe(CHUNK)
      const read = readSync(file, chunk)
      if (read === 0) return
      yield chunk.subarray(0, read)
    }
  } catch (error) {
    onProblem(errorAt(0, '', `cannot be read: ${error instanceof Error ? error.message : String(error)}`))
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
