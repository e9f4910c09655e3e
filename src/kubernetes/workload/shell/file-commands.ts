/** Programs that read and write files. */
import { bytesOfText } from '../byte-text.ts'
import type { Command } from './commands.ts'
import { err, madeDirectory, namesIn, out, resolvePath, type Session } from './session.ts'
import { baseName } from './shells.ts'
import { splitLines } from './text.ts'
import type { Process } from './world.ts'

const isOption = (arg: string): boolean => arg.startsWith('-') && arg !== '-'

/** What a filter reads: the files it names, else what is piped in, else what is typed. */
function* inputOf(
  name: string,
  paths: readonly string[],
  session: Session,
  piped: string | undefined,
  each: (text: string) => Process,
): Process {
  if (paths.length === 0 || paths[0] === '-') {
    if (piped !== undefined) return yield* each(piped)
    let code = 0
    for (;;) {
      const typed = yield { kind: 'input' }
      if (typed === undefined || !('text' in typed)) return code
      code = yield* each(typed.text)
    }
  }
  let code = 0
  for (const path of paths) {
    const full = resolvePath(session.directory, path)
    const text = full === '/dev/null' ? '' : session.world.files.get(full)
    if (text !== undefined) {
      code = Math.max(code, yield* each(text))
      continue
    }
    const isDirectory = namesIn(full, session.world) !== undefined
    yield err(
      isDirectory
        ? `${name}: read error: Is a directory\n`
        : `${name}: can't open '${path}': No such file or directory\n`,
    )
    code = 1
  }
  return code
}

function* cat(args: readonly string[], session: Session, piped: string | undefined): Process {
  const paths = args.filter((arg) => !isOption(arg))
  return yield* inputOf('cat', paths, session, piped, function* (text) {
    yield out(text)
    return 0
  })
}

const linesOf = (text: string): readonly string[] => {
  const { lines, rest } = splitLines(text)
  return rest === '' ? lines : [...lines, rest]
}

const ends = (name: 'head' | 'tail'): Command =>
  function* (args, session, piped) {
    const at = args.indexOf('-n')
    const short = args.find((arg) => /^-\d+$/.test(arg))
    const count = at >= 0 ? Number(args[at + 1]) : short === undefined ? 10 : -Number(short)
    const paths = args.filter((arg, i) => !isOption(arg) && (at < 0 || i !== at + 1))
    const code = yield* inputOf(name, paths, session, piped, function* (text) {
      const lines = linesOf(text)
      const kept = name === 'head' ? lines.slice(0, count) : lines.slice(Math.max(0, lines.length - count))
      if (kept.length > 0) yield out(`${kept.join('\n')}\n`)
      return 0
    })
    if (name === 'tail' && args.some((arg) => /^-[fF]$/.test(arg))) yield { kind: 'forever' }
    return code
  }

function* grep(args: readonly string[], session: Session, piped: string | undefined): Process {
  const options = args.filter(isOption).join('')
  const [pattern = '', ...paths] = args.filter((arg) => !isOption(arg))
  const wanted = options.includes('i') ? pattern.toLowerCase() : pattern
  return yield* inputOf('grep', paths, session, piped, function* (text) {
    const found = linesOf(text).filter((line) => {
      const shown = options.includes('i') ? line.toLowerCase() : line
      return matches(shown, wanted) !== options.includes('v')
    })
    if (!options.includes('q')) for (const line of found) yield out(`${line}\n`)
    return found.length > 0 ? 0 : 1
  })
}

/** Abridged: a text that may be tied to the beginning or the end of a line, not a pattern. */
const matches = (line: string, pattern: string): boolean => {
  const fromStart = pattern.startsWith('^')
  const toEnd = pattern.endsWith('$')
  const text = pattern.slice(fromStart ? 1 : 0, toEnd ? -1 : undefined)
  if (fromStart && toEnd) return line === text
  return fromStart ? line.startsWith(text) : toEnd ? line.endsWith(text) : line.includes(text)
}

function* wc(args: readonly string[], session: Session, piped: string | undefined): Process {
  const options = args.filter(isOption).join('')
  return yield* inputOf(
    'wc',
    args.filter((arg) => !isOption(arg)),
    session,
    piped,
    function* (text) {
      const lines = text.split('\n').length - 1
      const words = text.split(/\s+/).filter((word) => word !== '').length
      const bytes = bytesOfText(text).length
      if (options.includes('l')) yield out(`${lines}\n`)
      else if (options.includes('c')) yield out(`${bytes}\n`)
      else if (options.includes('w')) yield out(`${words}\n`)
      else yield out(`${lines} ${words} ${bytes}\n`)
      return 0
    },
  )
}

function* ls(args: readonly string[], session: Session): Process {
  const paths = args.filter((arg) => !isOption(arg))
  const options = args.filter(isOption).join('')
  let code = 0
  for (const path of paths.length === 0 ? ['.'] : paths) {
    const full = resolvePath(session.directory, path)
    const names = session.world.files.has(full) ? [path] : namesIn(full, session.world)
    if (names === undefined) {
      yield err(`ls: ${path}: No such file or directory\n`)
      code = 1
      continue
    }
    if (paths.length > 1) yield out(`${path}:\n`)
    for (const name of names) {
      if (name.startsWith('.') && !/[aA]/.test(options)) continue
      yield out(options.includes('l') ? longLine(full, name, session) : `${name}\n`)
    }
  }
  return code
}

const longLine = (directory: string, name: string, { world }: Session): string => {
  const text = world.files.get(directory) ?? world.files.get(resolvePath(directory, name))
  const mode = text === undefined ? 'drwxr-xr-x' : '-rw-r--r--'
  const size = text === undefined ? 4096 : bytesOfText(text).length
  return `${mode}    1 root     root     ${String(size).padStart(9)} Jan  1 00:00 ${name}\n`
}

function* cd([path = '/']: readonly string[], session: Session): Process {
  const full = resolvePath(session.directory, path)
  if (namesIn(full, session.world) === undefined) {
    yield err(`sh: cd: can't cd to ${path}: No such file or directory\n`)
    return 1
  }
  session.directory = full
  return 0
}

/** What becomes of one file; false where it is not there. */
type Change = (path: string, files: Map<string, string>, args: readonly string[]) => boolean

/** Writes or takes away each of the named files that is not on a read-only mount. */
const changes = (name: string, change: Change): Command =>
  function* (args, session) {
    let code = 0
    for (const path of args.filter((arg) => !isOption(arg))) {
      const full = resolvePath(session.directory, path)
      if (session.world.readOnly(full)) {
        yield err(`${name}: ${path}: Read-only file system\n`)
        code = 1
      } else if (!change(full, session.world.files, args)) {
        if (args.some((arg) => /^-[a-zA-Z]*f/.test(arg))) continue
        yield err(`${name}: can't remove '${path}': No such file or directory\n`)
        code = 1
      }
    }
    return code
  }

function* tee(args: readonly string[], session: Session, piped: string | undefined): Process {
  return yield* inputOf('tee', [], session, piped, function* (text) {
    for (const path of args.filter((arg) => !isOption(arg))) {
      session.world.files.set(resolvePath(session.directory, path), text)
    }
    yield out(text)
    return 0
  })
}

const touched = (path: string, files: Map<string, string>): boolean => {
  if (!files.has(path)) files.set(path, '')
  return true
}

/**
 * `cp` and `mv` of one file.
 *
 * Abridged: no directories as a source.
 */
const copies = (name: string, moves: boolean): Command =>
  function* (args, session) {
    const [from = '', to = ''] = args.filter((arg) => !isOption(arg))
    const { files, readOnly } = session.world
    const source = resolvePath(session.directory, from)
    const given = resolvePath(session.directory, to)
    const target = namesIn(given, session.world) === undefined ? given : resolvePath(given, baseName(source))
    const text = files.get(source)
    if (text === undefined) {
      yield err(`${name}: can't stat '${from}': No such file or directory\n`)
      return 1
    }
    const locked = [target, ...(moves ? [source] : [])].find(readOnly)
    if (locked !== undefined) {
      yield err(`${name}: can't create '${locked}': Read-only file system\n`)
      return 1
    }
    files.set(target, text)
    if (moves && target !== source) files.delete(source)
    return 0
  }

/** With `-r` also what is below. */
const removed: Change = (path, files, args) => {
  const isDeep = args.some((arg) => /^-[a-zA-Z]*[rR]/.test(arg))
  const gone = [...files.keys()].filter((file) => file === path || (isDeep && file.startsWith(`${path}/`)))
  for (const file of gone) files.delete(file)
  return gone.length > 0
}

const made = (path: string, files: Map<string, string>): boolean => {
  files.set(madeDirectory(path), '')
  return true
}

/** Files have no modes and no owners: there is nothing to do. */
function* nothing(): Process {
  return 0
}

export const fileCommands: readonly (readonly [string, Command])[] = [
  ['cat', cat],
  ['head', ends('head')],
  ['tail', ends('tail')],
  ['grep', grep],
  ['wc', wc],
  ['ls', ls],
  ['cd', cd],
  ['tee', tee],
  ['cp', copies('cp', false)],
  ['mv', copies('mv', true)],
  ['mkdir', changes('mkdir', made)],
  ['chmod', nothing],
  ['chown', nothing],
  ['touch', changes('touch', touched)],
  ['rm', changes('rm', removed)],
]
