/** Where goes what a command writes. */
import { resolvePath, type Session } from './session.ts'
import type { Effect, Process, Reply } from './world.ts'

/** A redirection of an output, its target expanded. */
export interface Sent {
  readonly from: '1' | '2'
  readonly how: '<' | '>' | '>>' | '>&'
  readonly to: string
}

interface Captured {
  readonly text: string
  readonly code: number
}

/** What a process writes, kept instead of written. */
export function* captured(
  process: Process,
  { stdout, stderr }: { readonly stdout: boolean; readonly stderr: boolean },
): Generator<Effect, Captured, Reply> {
  let text = ''
  let next = process.next()
  while (next.done !== true) {
    const { value: effect } = next
    if (effect.kind === 'output' && (effect.to === 'stdout' ? stdout : stderr)) {
      text += effect.text
      next = process.next(undefined)
    } else next = process.next(yield effect)
  }
  return { text, code: next.value }
}

/** Sends what a command writes to where its redirections say. */
export function* redirected(process: Process, redirects: readonly Sent[], session: Session): Process {
  const targets: Record<'stdout' | 'stderr', { path?: string; append?: boolean; side: 'stdout' | 'stderr' }> = {
    stdout: { side: 'stdout' },
    stderr: { side: 'stderr' },
  }
  for (const { from, how, to } of redirects) {
    const side = from === '1' ? 'stdout' : 'stderr'
    if (how === '>&') targets[side] = targets[to === '1' ? 'stdout' : 'stderr']
    else targets[side] = { side, path: resolvePath(session.directory, to), append: how === '>>' }
  }
  const { files, readOnly } = session.world
  for (const { path, append } of [targets.stdout, targets.stderr]) {
    if (path === undefined || path.startsWith('/dev/')) continue
    if (readOnly(path)) {
      yield { kind: 'output', to: 'stderr', text: `sh: can't create ${path}: Read-only file system\n` }
      return 1
    }
    if (append !== true || !files.has(path)) files.set(path, '')
  }
  let next = process.next()
  while (next.done !== true) {
    const { value: effect } = next
    if (effect.kind !== 'output') {
      next = process.next(yield effect)
      continue
    }
    const { path, side } = targets[effect.to]
    if (path === undefined || path === '/dev/stdout') yield { ...effect, to: side }
    else if (path === '/dev/stderr') yield { ...effect, to: 'stderr' }
    else if (path !== '/dev/null') files.set(path, (files.get(path) ?? '') + effect.text)
    next = process.next(undefined)
  }
  return next.value
}
