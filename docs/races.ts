/** The page about races: made from their table. */
import { RACES, raceCommand } from '../test/sieve/races.ts'

export const racesPage = (): string =>
  [
    '# Races',
    '',
    'What goes wrong in real clusters when a component sees something late, never sees it, or dies between two writes, and',
    'how to see it go wrong here. A world has few objects; its writes and its effects are numbered in the undisturbed run.',
    '`stale/N/Kind`: from write N on nothing of that kind is shown until the script is over. `hidden/N`: write N is never',
    'shown. `lost/N`: nor does a new list make it good. `restart/N`: the process dies when its call N has taken effect;',
    '`restart/N/M`: and begins again with a list that is M writes old. The seed is 1. Issues are those of',
    'kubernetes/kubernetes. "Gate" says whether StaleControllerConsistency (on by default in v1.36) prevents it: with it on,',
    'no disturbance of that world at any position shows it.',
    '',
    ...RACES.flatMap((race) => [
      `## ${race.issue}`,
      race.what,
      '',
      `Disturbance \`${race.disturbance}\`. Gate: ${race.isGated ? 'prevents it' : 'does not prevent it, or there is none'}.`,
      '```',
      raceCommand(race),
      '```',
      '',
    ]),
  ].join('\n')
