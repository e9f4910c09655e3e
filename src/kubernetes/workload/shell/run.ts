/** Runs commands and scripts as a process in a container would, one effect after the other. */
import { arithmetic } from './arithmetic.ts'
import { commands } from './commands.ts'
import { captured, redirected, type Sent } from './redirect.ts'
import { resolvePath, type Session } from './session.ts'
import { baseName, isShell } from './shells.ts'
import { parseScript, ShellSyntaxError } from './syntax.ts'
import type { Node, Word } from './syntax-tree.ts'
import type { Effect, Process, Reply, ShellWorld } from './world.ts'

/** Whether a container has a program of this name. */
export const isProgram = (program: string): boolean => isShell(program) || commands.has(baseName(program))

/** One command line as a runtime starts it, without a shell unless it names one. */
export function* runCommand(words: readonly string[], world: ShellWorld): Process {
  const session: Session = {
    world,
    variables: new Map(world.variables),
    exported: new Set(world.variables.keys()),
    directory: world.workingDirectory,
    status: 0,
  }
  try {
    return yield* invoke(words, session, undefined)
  } catch (signal) {
    if (signal instanceof Exit) return signal.code
    throw signal
  }
}

class Exit {
  readonly code: number
  constructor(code: number) {
    this.code = code
  }
}

class LoopJump {
  readonly goesOn: boolean
  constructor(goesOn: boolean) {
    this.goesOn = goesOn
  }
}

/** 127: no such command. Source: POSIX.1-2024, 2.8.2 Exit Status for Commands. */
const NOT_FOUND = 127

function* invoke(words: readonly string[], session: Session, piped: string | undefined): Process {
  const [program = '', ...args] = words
  const name = baseName(program)
  if (isShell(name)) return yield* shell(args, session, piped)
  switch (name) {
    case 'exit':
      throw new Exit(args[0] === undefined ? session.status : Number(args[0]) & 255)
    case 'break':
    case 'continue':
      throw new LoopJump(name === 'continue')
    case 'exec':
    case 'eval':
    case 'time':
    case 'nohup':
      return args.length === 0 ? 0 : yield* invoke(args, session, piped)
  }
  const command = commands.get(name)
  if (command !== undefined) return yield* command(args, session, piped)
  yield { kind: 'output', to: 'stderr', text: `sh: ${program}: not found\n` }
  return NOT_FOUND
}

function* shell(args: readonly string[], session: Session, piped: string | undefined): Process {
  const given = args.findIndex((arg) => /^-[a-z]*c$/.test(arg))
  const inner: Session = { ...session, variables: new Map(session.variables), exported: new Set(session.exported) }
  const script = given >= 0 ? args[given + 1] : piped
  if (script === undefined) return yield* interactive(inner)
  try {
    return yield* runScript(script, inner)
  } catch (signal) {
    if (signal instanceof Exit) return signal.code
    throw signal
  }
}

/** Line by line from what is typed. */
function* interactive(session: Session): Process {
  for (;;) {
    const line = yield { kind: 'input' }
    if (line === undefined || !('text' in line)) return session.status
    for (const one of line.text.split('\n')) {
      if (one.trim() === '') continue
      try {
        session.status = yield* runScript(one, session)
      } catch (signal) {
        if (signal instanceof Exit) return signal.code
        throw signal
      }
    }
  }
}

function* runScript(script: string, session: Session): Process {
  let node: Node
  try {
    node = parseScript(script)
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error
    yield { kind: 'output', to: 'stderr', text: `sh: ${error.message}\n` }
    return 2
  }
  return yield* runNode(node, session, undefined)
}

function* runNode(node: Node, session: Session, piped: string | undefined): Process {
  switch (node.kind) {
    case 'sequence': {
      let status = 0
      for (const one of node.nodes) status = session.status = yield* runNode(one, session, piped)
      return status
    }
    case 'and':
    case 'or': {
      const left = (session.status = yield* runNode(node.left, session, piped))
      return (left === 0) === (node.kind === 'and') ? yield* runNode(node.right, session, piped) : left
    }
    case 'pipeline':
      return yield* pipeline(node.parts, node.negated, session, piped)
    case 'if':
      for (const { condition, body } of node.branches) {
        if ((yield* runNode(condition, session, piped)) === 0) return yield* runNode(body, session, piped)
      }
      return node.otherwise === undefined ? 0 : yield* runNode(node.otherwise, session, piped)
    case 'loop': {
      let status = 0
      while (((yield* runNode(node.condition, session, piped)) === 0) !== node.until) {
        const turn = yield* loopTurn(node.body, session, piped)
        if (turn === undefined) break
        status = turn
      }
      return status
    }
    case 'for': {
      let status = 0
      for (const value of yield* expandAll(node.words, session)) {
        session.variables.set(node.name, value)
        const turn = yield* loopTurn(node.body, session, piped)
        if (turn === undefined) break
        status = turn
      }
      return status
    }
    case 'simple':
      return yield* simple(node, session, piped)
  }
}

/** Undefined where the loop is left. */
function* loopTurn(
  body: Node,
  session: Session,
  piped: string | undefined,
): Generator<Effect, number | undefined, Reply> {
  try {
    return yield* runNode(body, session, piped)
  } catch (signal) {
    if (!(signal instanceof LoopJump)) throw signal
    return signal.goesOn ? 0 : undefined
  }
}

function* pipeline(parts: readonly Node[], negated: boolean, session: Session, piped: string | undefined): Process {
  let input = piped
  let status = 0
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1) status = yield* runNode(part, session, input)
    else {
      const { text } = yield* captured(runNode(part, session, input), { stdout: true, stderr: false })
      input = text
    }
  }
  return negated ? Number(status === 0) : status
}

function* simple(
  { assigned, words, redirects }: Extract<Node, { kind: 'simple' }>,
  session: Session,
  piped: string | undefined,
): Process {
  const expanded = yield* expandAll(words, session)
  for (const { name, value } of assigned) {
    // What is assigned is not split into fields.
    const whole = value.map((part) => ({ ...part, quoted: true }))
    session.variables.set(name, (yield* expandWord(whole, session)).join(' '))
  }
  if (expanded.length === 0) return session.status
  let input = piped
  for (const { from, to } of redirects) {
    if (from !== '0') continue
    const path = resolvePath(session.directory, (yield* expandWord(to, session)).join(' '))
    const text = path === '/dev/null' ? '' : session.world.files.get(path)
    if (text === undefined) {
      yield { kind: 'output', to: 'stderr', text: `sh: can't open ${path}: no such file\n` }
      return 1
    }
    input = text
  }
  const sent: Sent[] = []
  for (const { from, how, to } of redirects) {
    if (from !== '0') sent.push({ from, how, to: (yield* expandWord(to, session)).join(' ') })
  }
  return yield* redirected(invoke(expanded, session, input), sent, session)
}

function* expandAll(words: readonly Word[], session: Session): Generator<Effect, string[], Reply> {
  const all: string[] = []
  for (const word of words) all.push(...(yield* expandWord(word, session)))
  return all
}

/** Substitutes, and splits at blanks what came of unquoted substitutions. Abridged: no globs, no IFS, no `~`. */
function* expandWord(word: Word, session: Session): Generator<Effect, string[], Reply> {
  const fields: string[] = []
  let current = ''
  let exists = false
  for (const part of word) {
    if (part.kind === 'text') {
      current += part.text
      exists = true
      continue
    }
    let value: string
    if (part.kind === 'variable') value = variable(part.name, session) || part.fallback
    else if (part.kind === 'arithmetic') value = String(arithmetic(part.expression, (name) => variable(name, session)))
    else {
      const script = runScript(part.script, { ...session, variables: new Map(session.variables) })
      value = (yield* captured(script, { stdout: true, stderr: false })).text.replace(/\n+$/, '')
    }
    if (part.quoted) {
      current += value
      exists = true
      continue
    }
    const [first = '', ...more] = value.split(/[ \t\n]+/)
    current += first
    exists ||= first !== ''
    for (const field of more) {
      if (exists) fields.push(current)
      current = field
      exists = field !== ''
    }
  }
  if (exists) fields.push(current)
  return fields
}

const variable = (name: string, { variables, status }: Session): string => {
  if (name === '?') return String(status)
  if (name === '$') return '1'
  if (name === '#') return '0'
  return variables.get(name) ?? ''
}
