/** `npm run oracle -- THEME DIRECTORY …`: replays recorded decisions of a real control plane against ours. */
const [theme = '', ...rest] = process.argv.slice(2)
const THEMES = ['scheduler', 'api', 'kubectl', 'recordings']

if (!THEMES.includes(theme)) {
  process.stderr.write(`usage: npm run oracle -- ${THEMES.join('|')} DIRECTORY\n`)
  process.exitCode = 2
} else {
  // The theme's own script reads the rest of the line.
  process.argv.splice(2, process.argv.length, ...rest)
  await import(`./${theme}.ts`)
}
