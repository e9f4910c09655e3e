import type { ApiObject } from '../../../events/json.ts'
import { isStatus, type Status } from '../../../kubernetes/status.ts'
import type { WatchChange } from './watchers.ts'

/** What a watcher is told. */
export interface Told {
  readonly revision: number
  readonly change: WatchChange | 'BOOKMARK'
  /** Absent for bookmarks. */
  readonly object?: ApiObject
  readonly initialEventsEnd?: true
}

interface Ways {
  convert(object: ApiObject, done: (converted: ApiObject | Status) => void): void
  send(told: Told): void
  fail(why: Status): void
}

/**
 * Tells a watcher of custom resources in a version that a webhook makes: one after the other, in order, as each is converted.
 * What cannot be converted ends it.
 * Abridged: each watch converts for itself, where upstream's cache of a version does so once for all.
 */
export class ConvertedTelling {
  private readonly apiVersion: string
  private readonly ways: Ways
  private readonly waiting: Told[] = []
  private over = false

  constructor(apiVersion: string, ways: Ways) {
    this.apiVersion = apiVersion
    this.ways = ways
  }

  get isOver(): boolean {
    return this.over
  }

  tell(told: Told): void {
    if (this.over) return
    this.waiting.push(told)
    if (this.waiting.length === 1) this.next()
  }

  /** The watch has ended: what still waits is nobody's business. */
  end(): void {
    this.over = true
    this.waiting.length = 0
  }

  private next(): void {
    const [told] = this.waiting
    if (told === undefined) return
    const { object } = told
    if (object === undefined || object.apiVersion === this.apiVersion) return this.sent(told)
    this.ways.convert(object, (converted) => {
      if (this.over) return
      if (!isStatus(converted)) return this.sent({ ...told, object: converted })
      this.end()
      this.ways.fail(converted)
    })
  }

  private sent(told: Told): void {
    this.ways.send(told)
    this.waiting.shift()
    this.next()
  }
}
