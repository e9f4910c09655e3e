import type { Micros } from '../events/envelope.ts'

/** Durations, in integer microseconds. */
export const micros = (n: number): Micros => n
export const millis = (n: number): Micros => n * 1_000
export const seconds = (n: number): Micros => n * 1_000_000
export const minutes = (n: number): Micros => n * 60_000_000
export const hours = (n: number): Micros => n * 3_600_000_000
