/** `seatrial up --data` as a process of its own, and a client of it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, type ClientHttp2Session } from 'node:http2'
import { join } from 'node:path'
import { parse } from 'yaml'

const root = new URL('../..', import.meta.url).pathname
const READY_WITHIN_MS = 120_000
const ANSWER_WITHIN_MS = 20_000

export interface Answer {
  readonly code: number
  readonly body: Readonly<Record<string, unknown>>
}

export interface ApiProcess {
  readonly child: ChildProcess
  readonly restoredMs: number
  readonly stderr: () => string
  connect(): ApiClient
  /** Kills it as the machine's power does, and waits until it is gone. */
  kill(): Promise<void>
}

/** The command as it is in the sources, and as it was built. */
export const COMMANDS = {
  sources: ['--import', 'tsx', join(root, 'src/cli/main.ts')],
  build: [join(root, 'dist/cli/main.js')],
} as const

/** Starts it and waits until it is ready. */
export const startUp = (folder: string, seed: number, command: keyof typeof COMMANDS): Promise<ApiProcess> => {
  const kubeconfig = join(folder, 'kubeconfig')
  const up = ['up', '--data', join(folder, 'data'), '--nodes', '1', '--seed', String(seed), '--kubeconfig', kubeconfig]
  const began = Date.now()
  const child = spawn(process.execPath, [...COMMANDS[command], ...up], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let said = ''
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`not ready in time:\n${said}`))
    }, READY_WITHIN_MS)
    void gone.then(() => {
      clearTimeout(patience)
      reject(new Error(`ended before it was ready:\n${said}`))
    })
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (!said.includes('export KUBECONFIG')) return
      clearTimeout(patience)
      resolve({
        child,
        restoredMs: Date.now() - began,
        stderr: () => said,
        connect: () => new ApiClient(readFileSync(kubeconfig, 'utf8')),
        kill: async () => {
          child.kill('SIGKILL')
          await gone
        },
      })
    })
  })
}

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string }
  }[]
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string }
  }[]
}

export class ApiClient {
  private readonly session: ClientHttp2Session

  constructor(kubeconfig: string) {
    // Written by the process that was just started.
    const { clusters, users } = parse(kubeconfig) as Kubeconfig
    const [one] = clusters
    const [first] = users
    if (one === undefined || first === undefined) throw new Error('a kubeconfig has a cluster and a user')
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64')
    this.session = connect(one.cluster.server, {
      ca: bytes(one.cluster['certificate-authority-data']),
      cert: bytes(first.user['client-certificate-data']),
      key: bytes(first.user['client-key-data']),
    })
    this.session.on('error', () => {})
  }

  /** Undefined when there was no whole answer: what was asked may have happened or not. */
  call(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      if (this.session.destroyed || this.session.closed) return resolve(undefined)
      const headers = { ':method': method, ':path': path, ...(body === undefined ? {} : { 'content-type': type }) }
      const stream = this.session.request(headers, { endStream: body === undefined })
      const chunks: Buffer[] = []
      let code = 0
      const patience = setTimeout(() => stream.destroy(), ANSWER_WITHIN_MS)
      stream.on('response', (head) => (code = head[':status'] ?? 0))
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', () => {})
      stream.on('close', () => {
        clearTimeout(patience)
        resolve(answerOf(code, Buffer.concat(chunks).toString()))
      })
      if (body !== undefined) stream.end(JSON.stringify(body))
    })
  }

  /** Tells each line of a watch. */
  watch(path: string, take: (line: Readonly<Record<string, unknown>>) => void): void {
    const stream = this.session.request({ ':method': 'GET', ':path': path })
    let rest = ''
    stream.on('error', () => {})
    stream.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') take(JSON.parse(line) as Readonly<Record<string, unknown>>)
    })
  }

  close(): void {
    this.session.destroy()
  }
}

/** An answer that was cut off is none. */
const answerOf = (code: number, text: string): Answer | undefined => {
  try {
    return code === 0 ? undefined : { code, body: JSON.parse(text) as Answer['body'] }
  } catch {
    return undefined
  }
}
