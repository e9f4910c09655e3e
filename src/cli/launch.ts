#!/usr/bin/env node
/**
 * The command as `npm run build` makes it: what its words do is one script, beside which is kept what Node has compiled of it.
 * A third of a start would go into compiling. (`module.enableCompileCache` does the same, but not before Node 22.8.)
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'
import { BAD_INPUT } from './exit-codes.ts'
import { main } from './program.ts'
import type { Words } from './words.ts'

/** By then a cluster is up, and nothing of what started it is forgotten yet. */
const STARTED_MS = 2000

const words = (): Words => {
  const filename = fileURLToPath(new URL('words.cjs', import.meta.url))
  const source = readFileSync(filename)
  // Each word needs another part of the script. Of the script, V8 itself compares only the length.
  const name = `${process.argv[2]?.replace(/\W/g, '')}-${crc32(source)}-${process.version}`
  const compiled = join(dirname(filename), 'compiled', name)
  // scripts/bundle.ts writes ASCII.
  const script = new Script(`(function (require, module) {${source.toString('latin1')}\n})`, {
    filename,
    cachedData: contentOf(compiled),
  })
  if (script.cachedDataRejected !== false) keepOnceStarted(script, compiled)
  const loaded: { exports: { words?: Words } } = { exports: {} }
  script.runInThisContext()(createRequire(filename), loaded)
  const { words } = loaded.exports
  if (words === undefined) throw new Error(`${filename} is not what was built`)
  return words
}

const keepOnceStarted = (script: Script, path: string): void => {
  const keepOnce = (): void => {
    clearTimeout(started)
    process.off('exit', atExit)
    keep(script, path)
  }
  // What gets no further than its options is not all that the word needs.
  const atExit = (code: number): void => (code === BAD_INPUT ? undefined : keepOnce())
  const started = setTimeout(keepOnce, STARTED_MS).unref()
  process.once('exit', atExit)
}

/** Writes what has been compiled by now. Where nothing may be written, each start compiles. */
const keep = (script: Script, path: string): void => {
  const unfinished = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(unfinished, script.createCachedData())
    renameSync(unfinished, path)
  } catch {
    // As if it were not there.
  }
}

/** A file's content, if it is there. */
const contentOf = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

await main(words)
