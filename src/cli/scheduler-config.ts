import { readFileSync } from 'node:fs'
import { either as E } from 'fp-ts'
import { readConfiguration } from '../actors/scheduler/configuration/read.ts'
import type { SchedulerSpec } from '../cluster/schedulers.ts'
import { BadInput } from './exit-codes.ts'

/** The file behind `--scheduler-config`. Every problem is told with file, line and field. @throws BadInput */
export const readSchedulerConfig = (path: string): Pick<SchedulerSpec, 'configuration'> => {
  let text
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new BadInput([`${path}: no such file`])
  }
  const read = readConfiguration(text, [], path)
  if (E.isLeft(read)) throw new BadInput(read.left)
  return { configuration: read.right }
}
