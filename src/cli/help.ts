/** How `--help` reads. */
import type { HelpConfiguration, Option } from '@commander-js/extra-typings'

/** Examples below the options. */
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`

/** Narrow enough for 80 columns: commands without their arguments, defaults only where they tell something. */
export const HELP: HelpConfiguration = {
  subcommandTerm: (command) => command.name(),
  optionDescription: (option) => `${option.description}${notes(option)}`,
}

const notes = ({ argChoices, defaultValue, defaultValueDescription }: Option): string => {
  const choices = argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]
  const isPlain = typeof defaultValue === 'string' || typeof defaultValue === 'number'
  const told = defaultValueDescription ?? (isPlain ? String(defaultValue) : undefined)
  const all = told === undefined ? choices : [...choices, `default ${told}`]
  return all.length === 0 ? '' : ` (${all.join('; ')})`
}
