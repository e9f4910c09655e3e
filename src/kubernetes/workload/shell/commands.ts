/** The programs that every container has: what small images have, as busybox does it. */
import { parseDuration } from '../duration.ts'
import { dateText } from './date.ts'
import { fileCommands } from './file-commands.ts'
import { networkCommands } from './network-commands.ts'
import { err, namesIn, out, resolvePath, type Session } from './session.ts'
import { isShell } from './shells.ts'
import { tar } from './tar.ts'
import type { Process, ShellWorld } from './world.ts'

/** `piped` is what stands before it in a pipe; undefined where it reads what is typed. */
export type Command = (args: readonly string[], session: Session, piped: string | undefined) => Process

function* echo(args: readonly string[]): Process {
  const flags = args.findIndex((arg) => !/^-[neE]+$/.test(arg))
  const given = flags < 0 ? args : args.slice(0, flags)
  const text = (flags < 0 ? [] : args.slice(flags)).join(' ')
  const shown = given.some((flag) => flag.includes('e')) ? unescaped(text) : text
  yield out(given.some((flag) => flag.includes('n')) ? shown : `${shown}\n`)
  return 0
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', 0: '\0' }
const unescaped = (text: string): string => text.replace(/\\([ntr\\0])/g, (_, char: string) => ESCAPES[char] ?? char)

function* printf([format = '', ...args]: readonly string[]): Process {
  const rest = [...args]
  do {
    yield out(unescaped(format).replace(/%([sdi%])/g, (_, kind: string) => (kind === '%' ? '%' : (rest.shift() ?? ''))))
  } while (rest.length > 0 && /%[sdi]/.test(format))
  return 0
}

function* printenv(names: readonly string[], { variables, exported }: Session): Process {
  if (names.length === 0) {
    for (const [name, value] of variables) if (exported.has(name)) yield out(`${name}=${value}\n`)
    return 0
  }
  let code = 0
  for (const name of names) {
    const value = variables.get(name)
    if (value === undefined) code = 1
    else yield out(`${value}\n`)
  }
  return code
}

function* sleep(args: readonly string[]): Process {
  let takes = 0
  for (const arg of args) {
    if (arg.startsWith('inf')) {
      yield { kind: 'forever' }
      return 0
    }
    const one = parseDuration(/^\d*\.\d+$/.test(arg) ? `${arg.startsWith('.') ? '0' : ''}${arg}s` : arg)
    if (one === undefined) {
      yield err(`sleep: invalid number '${arg}'\n`)
      return 1
    }
    takes += one
  }
  yield { kind: 'sleep', takes }
  return 0
}

function* exportNames(args: readonly string[], { variables, exported }: Session): Process {
  for (const arg of args) {
    const [name = '', ...value] = arg.split('=')
    exported.add(name)
    if (arg.includes('=')) variables.set(name, value.join('='))
  }
  return 0
}

function* read(args: readonly string[], { variables }: Session, piped: string | undefined): Process {
  const line = piped ?? (yield { kind: 'input' })
  const text = typeof line === 'string' ? line : line !== undefined && 'text' in line ? line.text : undefined
  if (text === undefined) return 1
  const name = args.find((arg) => !arg.startsWith('-')) ?? 'REPLY'
  variables.set(name, text.split('\n')[0] ?? '')
  return 0
}

function* test(args: readonly string[], { world }: Session): Process {
  const words = args[args.length - 1] === ']' ? args.slice(0, -1) : args
  const negated = words[0] === '!'
  const [a = '', operator, b = ''] = negated ? words.slice(1) : words
  return Number(judge(a, operator, b, world) === negated)
}

const judge = (a: string, operator: string | undefined, b: string, world: Session['world']): boolean => {
  if (operator === undefined) return a !== ''
  switch (operator) {
    case '=':
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '-eq':
      return Number(a) === Number(b)
    case '-ne':
      return Number(a) !== Number(b)
    case '-gt':
      return Number(a) > Number(b)
    case '-ge':
      return Number(a) >= Number(b)
    case '-lt':
      return Number(a) < Number(b)
    case '-le':
      return Number(a) <= Number(b)
  }
  switch (a) {
    case '-z':
      return operator === ''
    case '-n':
      return operator !== ''
    case '-f':
    case '-s':
    case '-r':
      return world.files.has(operator)
    case '-d':
      return isDirectory(operator, world)
    case '-e':
      return world.files.has(operator) || isDirectory(operator, world)
    default:
      return false
  }
}

const isDirectory = (path: string, world: ShellWorld): boolean => namesIn(resolvePath('/', path), world) !== undefined

function* seq(args: readonly string[]): Process {
  const numbers = args.map(Number)
  const [first, step, last] =
    numbers.length === 3 ? numbers : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : [1, 1, numbers[0]]
  if (first === undefined || step === undefined || last === undefined || step <= 0) return 1
  for (let n = first; n <= last; n += step) yield out(`${n}\n`)
  return 0
}

function* ps(_: readonly string[], { world }: Session): Process {
  yield out('PID   USER     TIME  COMMAND\n')
  const user = world.user === 0 ? 'root' : String(world.user)
  for (const [i, line] of world.processes.entries()) {
    yield out(`${String(i + 1).padStart(5)} ${user.padEnd(8)}  0:00 ${line}\n`)
  }
  return 0
}

/** What `kill` sends without a name, by any of its names. SIGKILL from inside does not reach process 1. */
const TERMINATES: ReadonlySet<string> = new Set(['-15', '-TERM', '-SIGTERM', '-s', 'TERM', 'SIGTERM', '--'])

function* kill(args: readonly string[], { world }: Session): Process {
  const isTerm = args.every((arg) => TERMINATES.has(arg) || /^\d+$/.test(arg))
  let code = 0
  for (const arg of args.filter((one) => /^\d+$/.test(one))) {
    if (arg === '1') {
      if (isTerm) yield { kind: 'terminate' }
    } else if (Number(arg) > world.processes.length) {
      yield err(`sh: can't kill pid ${arg}: No such process\n`)
      code = 1
    }
  }
  return code
}

function* which(names: readonly string[]): Process {
  let code = 0
  for (const name of names) {
    if (isShell(name) || commands.has(name)) yield out(`/bin/${name}\n`)
    else code = 1
  }
  return code
}

/** With `-i` its address, as the file of hosts that the kubelet writes tells it. */
const hostnameText = ({ world: { hostname, files } }: Session, args: readonly string[]): string => {
  if (!args.some((arg) => /^-[iI]$/.test(arg))) return hostname
  const lines = (files.get('/etc/hosts') ?? '').split('\n').map((line) => line.split(/\s+/))
  return lines.find((words) => words.slice(1).includes(hostname))?.[0] ?? '127.0.0.1'
}

/** A program that says one thing. */
const says = (text: (session: Session, args: readonly string[]) => string): Command =>
  function* (args, session) {
    yield out(`${text(session, args)}\n`)
    return 0
  }

const ends = (code: number): Command =>
  function* () {
    return code
  }

const identity = ({ world: { user } }: Session): string =>
  user === 0 ? 'uid=0(root) gid=0(root) groups=0(root)' : `uid=${user} gid=0(root) groups=0(root)`

export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['true', ends(0)],
  [':', ends(0)],
  ['false', ends(1)],
  ['set', ends(0)],
  ['trap', ends(0)],
  ['wait', ends(0)],
  ['clear', ends(0)],
  ['stty', ends(0)],
  ['echo', echo],
  ['printf', printf],
  ['env', printenv],
  ['printenv', printenv],
  ['export', exportNames],
  ['read', read],
  ['sleep', sleep],
  ['seq', seq],
  ['test', test],
  ['[', test],
  ['ps', ps],
  ['pwd', says(({ directory }) => directory)],
  ['kill', kill],
  ['which', which],
  ['hostname', says(hostnameText)],
  ['whoami', says(({ world }) => (world.user === 0 ? 'root' : String(world.user)))],
  ['id', says((session, args) => (args.includes('-u') ? String(session.world.user) : identity(session)))],
  ['date', says(({ world }, args) => dateText(world.now(), args))],
  [
    'uname',
    says(({ world }, args) => (args.includes('-a') ? `Linux ${world.hostname} 6.12.0 #1 SMP x86_64 Linux` : 'Linux')),
  ],
  ['tar', tar],
  ...fileCommands,
  ...networkCommands,
])
