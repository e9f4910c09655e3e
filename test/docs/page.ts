/** A page of docs/, and the program in examples/ that it shows. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { plain } from '../support/plain.ts'

export const root = new URL('../..', import.meta.url).pathname

export interface Page {
  readonly text: string
  /** The blocks of a language, in order; '' for those that name none. */
  blocks(language: string): readonly string[]
}

export const readPage = (name: string): Page => {
  const text = readFileSync(`${root}docs/${name}`, 'utf8')
  const found = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
  return {
    text,
    blocks: (language) => found.flatMap(([, of, block]) => (of === language ? [block ?? ''] : [])),
  }
}

/** An example as a page shows it: without its head, and with the library as users import it. */
export const shownExample = (file: string): string => {
  const example = readFileSync(`${root}examples/${file}`, 'utf8')
  return example.slice(example.indexOf('*/\n') + 3).replaceAll("'../src/index.ts'", "'seatrial'")
}

/** What an example prints. */
export const outputOf = (file: string): string => fromSources(`examples/${file}`)

/** What a program of the project prints, started from its sources. */
export const fromSources = (...words: readonly string[]): string =>
  execFileSync(process.execPath, ['--import', 'tsx', ...words], { cwd: root, encoding: 'utf8', env: plain() })
