/** `npm run soak -- kill9 --times 100 --seed 1 --built`: long trials that are too slow for the tests. Ends with 1 on a violation. */
import { parseArgs } from 'node:util'
import { kill9 } from './kill9.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    built: { type: 'boolean', default: false },
  },
})
if (positionals[0] !== 'kill9') throw new Error('usage: npm run soak -- kill9 [--times 100] [--seed 1] [--built]')
const report = await kill9({
  times: Number(values.times),
  seed: Number(values.seed),
  command: values.built ? 'build' : 'sources',
  tell: (line) => process.stderr.write(`${line}\n`),
})
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
process.exitCode = report.violations.length > 0 ? 1 : 0
