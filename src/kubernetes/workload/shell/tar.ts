/** `tar`, as `kubectl cp` runs it. Source: POSIX.1-2024, pax, ustar Interchange Format. */
import { bytesOfText, textOfBytes } from '../byte-text.ts'
import type { Command } from './commands.ts'
import { err, out, resolvePath, type Session } from './session.ts'
import type { Process } from './world.ts'

const BLOCK = 512
const NAME_MAX = 100
const REGULAR = '0'

/** Abridged: regular files; directories are there when something is in them. */
export const tar: Command = function* (args, session, piped) {
  const options = args.filter((arg, i) => i === 0 || /^-[a-zA-Z]+$/.test(arg)).join('')
  const at = args.indexOf('-C')
  const directory = at < 0 ? session.directory : resolvePath(session.directory, args[at + 1] ?? '')
  if (options.includes('x')) return yield* extract(directory, session, piped)
  const paths = args.filter((arg, i) => i > 0 && arg !== '-' && !arg.startsWith('-') && (at < 0 || i !== at + 1))
  return yield* create(paths, directory, session)
}

function* extract(directory: string, { world }: Session, piped: string | undefined): Process {
  let text = piped ?? ''
  while (piped === undefined) {
    const next = yield { kind: 'input' }
    if (next === undefined || !('text' in next)) break
    text += next.text
  }
  const bytes = bytesOfText(text)
  const field = (start: number, length: number): string =>
    textOfBytes(bytes.subarray(start, start + length)).replace(/\0.*$/s, '')
  let code = 0
  for (let offset = 0; offset + BLOCK <= bytes.length && bytes[offset] !== 0;) {
    const prefix = field(offset + 345, 155)
    const name = (prefix === '' ? '' : `${prefix}/`) + field(offset, NAME_MAX)
    const size = parseInt(field(offset + 124, 12).trim() || '0', 8)
    const kind = field(offset + 156, 1)
    const start = offset + BLOCK
    offset = start + Math.ceil(size / BLOCK) * BLOCK
    if (kind !== REGULAR && kind !== '') continue
    const path = resolvePath(directory, name)
    if (world.readOnly(path)) {
      yield err(`tar: can't open '${name}': Read-only file system\n`)
      code = 1
    } else world.files.set(path, textOfBytes(bytes.subarray(start, start + size)))
  }
  return code
}

function* create(paths: readonly string[], directory: string, { world }: Session): Process {
  let code = 0
  for (const path of paths) {
    const full = resolvePath(directory, path)
    const found = [...world.files.keys()].filter((file) => file === full || file.startsWith(`${full}/`))
    if (found.length === 0) {
      yield err(`tar: ${path}: No such file or directory\n`)
      code = 1
    }
    for (const file of found.filter((one) => !one.endsWith('/')))
      yield out(entry(path.replace(/^\/+/, '') + file.slice(full.length), world.files.get(file) ?? ''))
  }
  yield out('\0'.repeat(2 * BLOCK))
  return code
}

const octal = (n: number, length: number): string => `${n.toString(8).padStart(length - 1, '0')}\0`

const entry = (name: string, text: string): string => {
  const size = bytesOfText(text).length
  const front = name.slice(0, NAME_MAX).padEnd(NAME_MAX, '\0') + octal(0o644, 8) + octal(0, 8) + octal(0, 8)
  const middle = octal(size, 12) + octal(0, 12)
  const back = `${REGULAR}${'\0'.repeat(100)}ustar\0${'00'}`.padEnd(BLOCK - 156, '\0')
  const blank = `${front}${middle}${' '.repeat(8)}${back}`
  let sum = 0
  for (const byte of bytesOfText(blank)) sum += byte
  const head = `${front}${middle}${sum.toString(8).padStart(6, '0')}\0 ${back}`
  return head + text + '\0'.repeat((BLOCK - (size % BLOCK)) % BLOCK)
}
