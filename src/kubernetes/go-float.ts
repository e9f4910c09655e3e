/** Below this power of ten strconv's 'g' writes numbers without an exponent, where the digits are as many as needed. */
const PLAIN_BELOW = 6
const PLAIN_FROM = -4

/** As Go's strconv.FormatFloat writes with 'g' and as many digits as needed; exponents have two digits or more. */
export function goFloat(value: number, plainBelow = PLAIN_BELOW): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= PLAIN_FROM && power < plainBelow) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
