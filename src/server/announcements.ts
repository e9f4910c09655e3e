/** What clients are to be told, held back until what it came of is durable; all that came in one turn is committed at once. */
export class Announcements {
  private readonly commit: () => void
  private readonly onFailure: (error: unknown) => void
  private held: (() => void)[] = []
  private planned: NodeJS.Immediate | undefined
  private failed = false

  /** @param onFailure told once when the disk refuses; nobody is told of anything from then on */
  constructor(commit: () => void, onFailure: (error: unknown) => void) {
    this.commit = commit
    this.onFailure = onFailure
  }

  add(what: () => void): void {
    this.held.push(what)
    this.planned ??= setImmediate(() => this.flush())
  }

  flush(): void {
    clearImmediate(this.planned)
    this.planned = undefined
    if (this.failed || this.held.length === 0) return
    try {
      this.commit()
    } catch (error) {
      this.failed = true
      this.held = []
      this.onFailure(error)
      return
    }
    const told = this.held
    this.held = []
    for (const what of told) what()
  }
}
