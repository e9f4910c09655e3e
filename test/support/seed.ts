/** Properties draw the same cases in every run; others are asked for by name: `SEATRIAL_SEED=7 SEATRIAL_RUNS=2000 npm test`. */
import fc from 'fast-check'

const seed = Number(process.env['SEATRIAL_SEED'] ?? 1)
if (!Number.isSafeInteger(seed)) throw new Error(`SEATRIAL_SEED=${process.env['SEATRIAL_SEED']}: want a whole number`)
fc.configureGlobal({ seed })
