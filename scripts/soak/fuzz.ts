/** `npm run fuzz -- --requests 1000000 --seed 1`: malformed requests to the API. Ends with 1 when one of them does harm. */
import { parseArgs } from 'node:util'
import { fuzz } from './http-fuzz.ts'

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
})
const report = await fuzz(Number(values.requests), Number(values.seed), (line) => process.stderr.write(`${line}\n`))
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
process.exitCode = report.failures.length > 0 ? 1 : 0
