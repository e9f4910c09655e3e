import { either } from 'fp-ts'
import type { Checkpoint } from '../digest.ts'
import type { LogEvent } from '../envelope.ts'
import { errorAt, type Problem } from '../problem.ts'
import type { ReadOutcome, RecordingEnd, RecordingHeader } from '../recording.ts'
import { RecordingDecoder } from '../recording-decoder.ts'
import { fileChunks } from './file-chunks.ts'
import { gunzipped, isGzip } from './gzip-members.ts'
import { LineSplitter } from './line-splitter.ts'

/** Reads a whole recording, gzipped or not, into memory. Never throws for what is in the file or for the file itself. */
export const readRecording = (path: string): ReadOutcome => readAll(openRecording(path))

/** The same of bytes that are already here, in any number of chunks. */
export const readRecordingBytes = (chunks: Iterable<Uint8Array>): ReadOutcome =>
  readAll(new RecordingReader(() => chunks))

/** For a recording that is too large for the memory. The file is opened when the first block is asked for. */
export const openRecording = (path: string): RecordingReader =>
  new RecordingReader((onProblem) => fileChunks(path, onProblem))

/** Where bytes come from, and where that place reports what it cannot give. */
type ByteSource = (onProblem: (problem: Problem) => void) => Iterable<Uint8Array>

/**
 * One pass over a recording:
 *
 *     const reader = openRecording('run.jsonl.gz')
 *     for (const block of reader.blocks()) block.forEach(fold)
 *     if (reader.damaged) report(reader.problems)
 *
 * Every event of a block has been decoded and its block's digest found right; after damage no more blocks come.
 */
export class RecordingReader {
  private readonly decoder = new RecordingDecoder()
  private readonly source: ByteSource

  constructor(source: ByteSource) {
    this.source = source
  }

  /** Known from the first block on; stays undefined when the file has none. */
  get header(): RecordingHeader | undefined {
    return this.decoder.header
  }

  /** Known after the last block; stays undefined when the writer was stopped before it could end the recording. */
  get end(): RecordingEnd | undefined {
    return this.decoder.end
  }

  /** Digest lines passed so far. */
  get checkpoints(): readonly Checkpoint[] {
    return this.decoder.checkpoints
  }

  get damaged(): boolean {
    return this.decoder.damaged
  }

  /** Errors and warnings found so far: the first 100. */
  get problems(): readonly Problem[] {
    return this.decoder.problems
  }

  get errorCount(): number {
    return this.decoder.errorCount
  }

  /** The events, up to 1,000 at a time. Can be called once. */
  *blocks(): Generator<readonly LogEvent[]> {
    const { decoder } = this
    const splitter = new LineSplitter()
    const onProblem = (problem: Problem): void => decoder.note(problem)
    for (const chunk of unpacked(this.source(onProblem), onProblem)) {
      for (const line of splitter.push(chunk)) {
        const events = decoder.take(line)
        if (events.length > 0) yield events
        if (decoder.isForeign) return
      }
      if (splitter.overflows) {
        onProblem(errorAt(0, '', 'a line is longer than any line of a recording'))
        return
      }
    }
    const events = decoder.finish(splitter.rest())
    if (events.length > 0) yield events
  }
}

/** Decides by the first bytes, not by the name, whether they are compressed. */
function* unpacked(chunks: Iterable<Uint8Array>, onProblem: (problem: Problem) => void): Generator<Uint8Array> {
  const iterator = chunks[Symbol.iterator]()
  try {
    let head: Uint8Array = new Uint8Array()
    while (head.length < 2) {
      const next = iterator.next()
      if (next.done === true) break
      head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
    }
    const all = prepended(head, iterator)
    if (isGzip(head)) yield* gunzipped(all, onProblem)
    else yield* all
  } finally {
    iterator.return?.()
  }
}

function* prepended(head: Uint8Array, rest: Iterator<Uint8Array>): Generator<Uint8Array> {
  yield head
  for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value
}

const readAll = (reader: RecordingReader): ReadOutcome => {
  const events: LogEvent[] = []
  for (const block of reader.blocks()) for (const event of block) events.push(event)
  const { header, end, checkpoints, problems, errorCount, damaged } = reader
  if (damaged || header === undefined) return either.left({ header, events, problems, errorCount })
  return either.right({ header, events, checkpoints, end, warnings: problems })
}
