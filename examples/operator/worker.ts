/** A work queue: a key that is woken many times is done once, one key at a time, and what fails comes again later. */
export class Worker {
  private readonly sleep: (ms: number) => Promise<void>
  private readonly work: (key: string) => Promise<void>
  private readonly due = new Set<string>()
  private readonly failures = new Map<string, number>()
  private busy = false
  private stopped = false

  constructor(sleep: (ms: number) => Promise<void>, work: (key: string) => Promise<void>) {
    this.sleep = sleep
    this.work = work
  }

  wake(key: string): void {
    this.due.add(key)
    void this.drain()
  }

  stop(): void {
    this.stopped = true
    this.due.clear()
  }

  private async drain(): Promise<void> {
    if (this.busy) return
    this.busy = true
    for (const key of this.due) {
      this.due.delete(key)
      try {
        await this.work(key)
        this.failures.delete(key)
      } catch {
        const failures = (this.failures.get(key) ?? 0) + 1
        this.failures.set(key, failures)
        // 100 ms, 200 ms, … 10 s.
        void this.sleep(Math.min(100 * 2 ** (failures - 1), 10_000)).then(() => this.stopped || this.wake(key))
      }
    }
    this.busy = false
  }
}
