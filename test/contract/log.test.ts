/**
 * Goal: every store of a log keeps the same promises.
 * Method: the contract, run for each store in each of its ways to retain.
 */
import { createMemoryLog } from '../../src/events/memory-log.ts'
import { logContract } from './log.ts'

logContract('a log in memory', createMemoryLog)
