/** Load on any real API server over HTTP/2, from one client: what it is given is a kubeconfig. */
import { readFileSync } from 'node:fs'
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { parse } from 'yaml'

export interface Target {
  readonly url: string
  readonly ca?: Buffer | string
  readonly cert?: Buffer | string
  readonly key?: Buffer | string
  readonly token?: string
}

interface Named {
  readonly name: string
}

/** The current context of a kubeconfig, with its certificates or its token inside. */
export const targetOf = (path: string): Target => {
  // What kubectl reads, it has checked; anything else fails below.
  const config = parse(readFileSync(path, 'utf8')) as {
    readonly 'current-context': string
    readonly contexts: readonly (Named & { readonly context: { readonly cluster: string; readonly user: string } })[]
    readonly clusters: readonly (Named & { readonly cluster: Readonly<Record<string, string>> })[]
    readonly users: readonly (Named & { readonly user: Readonly<Record<string, string>> })[]
  }
  const context = config.contexts.find(({ name }) => name === config['current-context'])?.context
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster
  const user = config.users.find(({ name }) => name === context?.user)?.user
  if (cluster?.['server'] === undefined || user === undefined) throw new Error(`${path} names no cluster and user`)
  const pem = (of: Readonly<Record<string, string>>, name: string): Buffer | undefined => {
    const data = of[`${name}-data`]
    const file = of[name]
    if (data !== undefined) return Buffer.from(data, 'base64')
    return file === undefined ? undefined : readFileSync(file)
  }
  const ca = pem(cluster, 'certificate-authority')
  const cert = pem(user, 'client-certificate')
  const key = pem(user, 'client-key')
  const { token } = user
  return {
    url: cluster['server'],
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(token === undefined ? {} : { token }),
  }
}

export class LoadClient {
  private readonly session: ClientHttp2Session
  private readonly token: string | undefined

  constructor({ url, token, ...tls }: Target) {
    this.session = connect(url, tls)
    this.token = token
    this.session.setMaxListeners(0)
  }

  /** The length of the answer's body. @throws Error when it is no success */
  call(method: string, path: string, body?: unknown, type = 'application/json'): Promise<number> {
    return new Promise((resolve, reject) => {
      const stream = this.open(method, path, body === undefined ? undefined : type)
      let code = 0
      let length = 0
      stream.on('response', (head) => (code = head[':status'] ?? 0))
      stream.on('data', (chunk: Buffer) => (length += chunk.length))
      stream.on('error', reject)
      stream.on('end', () => {
        if (code >= 200 && code < 300) resolve(length)
        else reject(new Error(`${method} ${path}: ${code}`))
      })
      if (body !== undefined) stream.end(JSON.stringify(body))
    })
  }

  /** Resolves when the stream has begun; `heard` is called for each piece of it. */
  watch(path: string, heard: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = this.open('GET', path, undefined)
      stream.on('response', () => resolve())
      stream.on('data', heard)
      stream.on('error', reject)
    })
  }

  close(): void {
    this.session.destroy()
  }

  private open(method: string, path: string, type: string | undefined): ClientHttp2Stream {
    const headers = {
      ':method': method,
      ':path': path,
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
    }
    return this.session.request(headers, { endStream: type === undefined })
  }
}

/** How many a second, `parallel` at a time. */
export const perSecond = async (
  count: number,
  parallel: number,
  call: (index: number) => Promise<unknown>,
): Promise<number> => {
  let next = 0
  const began = performance.now()
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await call(index)
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return (count * 1000) / (performance.now() - began)
}
