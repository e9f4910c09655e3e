/** What an HTTP face of a cluster is given and gives; the face itself is in src/server. */

/** Wall clock and cluster clock: how many times as fast, as fast as the machine can, or only as requests need it. */
export type Speed = number | 'max' | 'stepped'

/** Somebody with a client certificate: its common name and its organisations. */
export interface ClientUser {
  readonly name: string
  readonly groups?: readonly string[]
}

export interface KeyPair {
  /** PEM. */
  readonly cert: string
  readonly key: string
}

/** An authority, the server's certificate and one for each user. */
export interface Certificates {
  readonly ca: KeyPair
  readonly server: KeyPair
  readonly users: ReadonlyMap<string, KeyPair>
}

export interface ListenOptions {
  /** Default: a free one. */
  readonly port?: number
  /** Default 127.0.0.1. Beyond loopback everybody may do everything there: docs/bounds.md, "Whom it trusts". */
  readonly host?: string
  /** Who gets a client certificate and a context in the kubeconfig; the first is the current one. Default: an administrator. */
  readonly users?: readonly ClientUser[]
  /** Default 1: cluster time is wall-clock time. */
  readonly speed?: Speed
  /** Default: made anew, for `users`. */
  readonly certificates?: Certificates
  /** Makes durable what has happened so far. Nothing is told to any client before this has returned. */
  readonly commit?: () => void
  /**
   * Where Services that webhook configurations and definitions name are really reached, as `{ 'default/hook': 'https://127.0.0.1:9443' }`. It
   * needs option `callsWebhooks`. Without an entry nobody listens there.
   */
  readonly webhookServices?: Readonly<Record<string, string>>
  /** Told once when the run has stopped on a programmer's error. Without it, requests are answered with 500. */
  readonly onFailure?: (error: unknown) => void
}

export interface Listening {
  /** `https://127.0.0.1:40123`. */
  readonly url: string
  /** A kubeconfig with one context per user, as YAML. */
  readonly kubeconfig: string
  /**
   * The certificate authority, the key and the certificate of each user, as PEM; and the server's own, which a webhook on the
   * same machine may show as well.
   */
  readonly certificates: {
    readonly ca: string
    readonly server: KeyPair
    readonly users: Readonly<Record<string, { readonly cert: string; readonly key: string }>>
  }
  /** Ends all connections, and with them the passing of time. */
  close(): Promise<void>
}
