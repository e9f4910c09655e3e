/** One measured figure. `value` is the median of `runs`. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly runs: number
  readonly min: number
  readonly max: number
  /** What else there is to say of it. */
  readonly note?: string
}

/** Measures `run`, which gives one figure per call, several times after a warm-up. */
export const figure = (name: string, unit: string, runs: number, run: () => number): Figure => {
  run()
  const values = Array.from({ length: runs }, run).toSorted((a, b) => a - b)
  const round = (value: number): number => (value >= 100 ? Math.round(value) : Math.round(value * 1000) / 1000)
  return {
    name,
    unit,
    runs,
    value: round(values[Math.floor(runs / 2)] ?? 0),
    min: round(values[0] ?? 0),
    max: round(values.at(-1) ?? 0),
  }
}

/** Seconds that something takes. */
export const seconds = (action: () => void): number => {
  const begin = process.hrtime.bigint()
  action()
  return Number(process.hrtime.bigint() - begin) / 1e9
}

/** Bytes of heap in use after a collection, where Node was started with --expose-gc; else as they are. */
export const heapBytes = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
