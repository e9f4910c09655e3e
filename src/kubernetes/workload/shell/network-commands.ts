/** Programs that speak with others, through the modelled network. */
import { parseDuration } from '../duration.ts'
import { seconds } from '../../../events/time.ts'
import type { Command } from './commands.ts'
import { err, out, resolvePath, type Session } from './session.ts'
import { baseName } from './shells.ts'
import type { Process, Reply } from './world.ts'

interface Target {
  readonly host: string
  readonly port: number
  readonly url: string
}

/** What a modelled HTTP server says. */
export const responseBody = (pod: string): string => `Served by ${pod}\n`

const targetOf = (text: string): Target => {
  const found = /^(?:(https?):\/\/)?([^/:?]+)(?::(\d+))?/.exec(text)
  const [, scheme = 'http', host = '', port] = found ?? []
  return { host, port: port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port), url: text }
}

const valueAfter = (args: readonly string[], ...names: readonly string[]): string | undefined => {
  for (const [i, arg] of args.entries()) {
    if (names.includes(arg)) return args[i + 1]
    const short = names.find((name) => name.length === 2 && arg.startsWith(name) && arg.length > 2)
    if (short !== undefined && !arg.startsWith('--')) return arg.slice(2)
    const long = names.find((name) => name.startsWith('--') && arg.startsWith(`${name}=`))
    if (long !== undefined) return arg.slice(long.length + 1)
  }
  return undefined
}

const PATIENCE = seconds(60)

/** Options of wget and curl whose next word is their value. */
const TAKE_VALUE: ReadonlySet<string> = new Set(
  '-O -T -o -m -X -H -d -w -u -A -t --timeout --max-time --connect-timeout --retry --data --header --request'.split(
    ' ',
  ),
)

const urlIn = (args: readonly string[]): string =>
  args.find((arg, i) => !arg.startsWith('-') && !TAKE_VALUE.has(args[i - 1] ?? '')) ?? ''

const failureOf = (reply: Reply): string => (reply !== undefined && 'failure' in reply ? reply.failure : 'unreachable')

/** Failures that are answers all the same. */
const HTTP_ERRORS: Readonly<Record<string, readonly [status: number, text: string]>> = {
  error: [503, 'Service Unavailable'],
  forbidden: [403, 'Forbidden'],
}

/** What a server has said instead of an answer; undefined when it answered, or nobody did. */
const httpError = (reply: Reply): readonly [status: number, text: string] | undefined => HTTP_ERRORS[failureOf(reply)]

function* wget(args: readonly string[], session: Session): Process {
  const { host, port, url } = targetOf(urlIn(args))
  const timeout = parseDuration(valueAfter(args, '-T', '--timeout') ?? '') ?? PATIENCE
  const isQuiet = args.some((arg) => /^-[a-zA-Z]*q/.test(arg))
  const reply = yield { kind: 'call', host, port, timeout }
  if (reply === undefined || !('pod' in reply)) {
    const failure = failureOf(reply)
    if (failure === 'NXDOMAIN' || failure === 'SERVFAIL')
      yield err(`wget: bad address '${host}${port === 80 ? '' : `:${port}`}'\n`)
    else {
      if (!isQuiet) yield err(`Connecting to ${host}:${port}\n`)
      const [status, text] = httpError(reply) ?? []
      const answered = status === undefined ? undefined : `server returned error: HTTP/1.1 ${status} ${text}`
      yield err(`wget: ${answered ?? WGET_FAILURES[failure] ?? `can't connect to remote host: No route to host`}\n`)
    }
    return 1
  }
  const body = responseBody(reply.pod)
  const to = valueAfter(args, '-O') ?? args.find((arg) => /^-[a-zA-Z]*O-$/.test(arg))?.slice(-1)
  const path = url
    .replace(/^https?:\/\/[^/]*\/?/, '')
    .split('/')
    .pop()
  const file = to ?? (path === undefined || path === '' || path === url ? 'index.html' : path)
  if (args.includes('--spider') || file === '/dev/null') return 0
  if (file === '-') yield out(body)
  else session.world.files.set(resolvePath(session.directory, file), body)
  if (!isQuiet && file !== '-') yield err(`saving to '${file}'\n'${file}' saved\n`)
  return 0
}

const WGET_FAILURES: Readonly<Record<string, string>> = {
  refused: `can't connect to remote host: Connection refused`,
  timeout: 'download timed out',
  reset: 'error getting response: Connection reset by peer',
}

function* curl(args: readonly string[], session: Session): Process {
  const { host, port } = targetOf(urlIn(args))
  const timeout = parseDuration(valueAfter(args, '-m', '--max-time', '--connect-timeout') ?? '') ?? PATIENCE
  const flags = args.filter((arg) => /^-[a-zA-Z]+$/.test(arg)).join('')
  const isSilent = flags.includes('s') && !flags.includes('S')
  const reply = yield { kind: 'call', host, port, timeout }
  const error = httpError(reply)
  if (reply === undefined || (!('pod' in reply) && error === undefined)) {
    const [code, text] = curlFailure(failureOf(reply), host, port)
    if (!isSilent) yield err(`curl: (${code}) ${text}\n`)
    return code
  }
  const [status, text] = error ?? [200, 'OK']
  const failsOnError = (flags.includes('f') || args.includes('--fail')) && error !== undefined
  if (failsOnError) {
    if (!isSilent) yield err(`curl: (22) The requested URL returned error: ${status}\n`)
    return 22
  }
  const body = 'pod' in reply ? responseBody(reply.pod) : `${text}\n`
  const file = valueAfter(args, '-o')
  if (flags.includes('I') || flags.includes('i')) yield out(`HTTP/1.1 ${status} ${text}\r\n\r\n`)
  if (file === undefined) {
    if (!flags.includes('I')) yield out(body)
  } else if (file !== '/dev/null') session.world.files.set(resolvePath(session.directory, file), body)
  const format = valueAfter(args, '-w', '--write-out')
  if (format !== undefined) yield out(format.replaceAll('%{http_code}', String(status)).replaceAll('\\n', '\n'))
  return 0
}

/** Source: man curl, EXIT CODES. */
const curlFailure = (failure: string, host: string, port: number): readonly [number, string] => {
  switch (failure) {
    case 'NXDOMAIN':
    case 'SERVFAIL':
      return [6, `Could not resolve host: ${host}`]
    case 'timeout':
      return [28, 'Connection timed out']
    case 'reset':
      return [56, 'Recv failure: Connection reset by peer']
    default:
      return [7, `Failed to connect to ${host} port ${port}: Couldn't connect to server`]
  }
}

function* nslookup(args: readonly string[], { world }: Session): Process {
  const name = args.find((arg) => !arg.startsWith('-')) ?? ''
  const server = /^nameserver (\S+)/m.exec(world.files.get('/etc/resolv.conf') ?? '')?.[1] ?? '10.96.0.10'
  yield out(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`)
  const reply = yield { kind: 'resolve', name }
  if (reply === undefined || !('addresses' in reply)) {
    yield out(
      failureOf(reply) === 'NXDOMAIN'
        ? `** server can't find ${name}: NXDOMAIN\n\n`
        : ';; connection timed out; no servers could be reached\n\n',
    )
    return 1
  }
  for (const address of reply.addresses) yield out(`Name:\t${reply.fullName}\nAddress: ${address}\n`)
  yield out('\n')
  return 0
}

function* nc(args: readonly string[]): Process {
  const [host = '', port = '0'] = args.filter((arg, i) => !arg.startsWith('-') && !['-w'].includes(args[i - 1] ?? ''))
  const timeout = parseDuration(valueAfter(args, '-w') ?? '') ?? PATIENCE
  const reply = yield { kind: 'call', host, port: Number(port), timeout }
  const isOpen = reply !== undefined && ('pod' in reply || httpError(reply) !== undefined)
  if (isOpen) {
    if (args.some((arg) => /^-[a-z]*v/.test(arg))) yield err(`${host} (${host}:${port}) open\n`)
    return 0
  }
  yield err(
    `nc: ${failureOf(reply) === 'NXDOMAIN' ? `bad address '${host}'` : `${host}:${port}: Connection refused`}\n`,
  )
  return 1
}

export const networkCommands: readonly (readonly [string, Command])[] = [
  ['wget', wget],
  ['curl', curl],
  ['nslookup', nslookup],
  ['nc', nc],
]

const names: ReadonlySet<string> = new Set(networkCommands.map(([name]) => name))

/** Whether a program of this name says what others on the network answer. */
export const asksNetwork = (program: string): boolean => names.has(baseName(program))
