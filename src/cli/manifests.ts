import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import type { ApiObject } from '../events/json.ts'
import type { AddonSpec } from '../cluster/addon-options.ts'
import { toStderr } from './colours.ts'
import { dividedByKinds, readManifests as readText, type Applicable } from '../cluster/manifests.ts'
import { BadInput } from './exit-codes.ts'

const MANIFEST_FILE = /\.(ya?ml|json)$/

/** Standard input, as `-f -` names it. */
const STDIN = '-'

/** The files behind `-f`: a file as it is, a folder's manifests in order of name. */
const filesIn = (path: string): readonly string[] => {
  if (path === STDIN) return [path]
  let stat
  try {
    stat = statSync(path)
  } catch {
    throw new BadInput([`${path}: no such file or directory`])
  }
  if (!stat.isDirectory()) return [path]
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => MANIFEST_FILE.test(name))
  if (files.length === 0) throw new BadInput([`${path}: holds no .yaml, .yml or .json file`])
  return files.toSorted().map((name) => join(path, name))
}

/** Reads all manifests; every problem of every file is told, with file, line and field. @throws BadInput */
export const readManifests = (paths: readonly string[], addons?: AddonSpec): readonly Applicable[] => {
  const manifests: Applicable[] = []
  const problems: string[] = []
  for (const file of paths.flatMap(filesIn)) {
    const text = readFileSync(file === STDIN ? 0 : file, 'utf8')
    const parsed = readText(text, file === STDIN ? 'stdin' : file, addons)
    if (E.isLeft(parsed)) problems.push(...parsed.left)
    else if (parsed.right.length === 0)
      process.stderr.write(`${toStderr.yellow('warning:')} ${file === STDIN ? 'stdin' : file}: holds no object\n`)
    else manifests.push(...parsed.right)
  }
  if (problems.length > 0) throw new BadInput(problems)
  return manifests
}

/** The objects of kinds that the cluster will know; of the others stderr is told. */
export const servedOf = (manifests: readonly Applicable[]): readonly ApiObject[] => {
  const { served, unserved } = dividedByKinds(manifests)
  for (const text of unserved) process.stderr.write(`${toStderr.yellow('warning:')} ${text}; skipped\n`)
  return served
}
