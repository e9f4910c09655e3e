/** `$((…))` in integers: + - * / % and brackets. */
const TOKEN = /\s*(\d+|[A-Za-z_$][A-Za-z0-9_]*|<=|>=|==|!=|[-+*/%()<>])/y

export const arithmetic = (expression: string, variable: (name: string) => string): number => {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  for (let found = TOKEN.exec(expression); found !== null; found = TOKEN.exec(expression)) tokens.push(found[1] ?? '')
  const factor = (): number => {
    const token = tokens.shift() ?? '0'
    if (token === '-') return -factor()
    if (token === '+') return factor()
    if (token === '(') {
      const value = comparison()
      tokens.shift()
      return value
    }
    if (/^\d/.test(token)) return Number(token)
    const value = Number(variable(token.startsWith('$') ? token.slice(1) : token))
    return Number.isInteger(value) ? value : 0
  }
  const product = (): number => {
    let value = factor()
    while (tokens[0] === '*' || tokens[0] === '/' || tokens[0] === '%') {
      const operator = tokens.shift()
      const right = factor()
      if (operator === '*') value *= right
      else if (right !== 0) value = operator === '/' ? Math.trunc(value / right) : value % right
    }
    return value
  }
  const sum = (): number => {
    let value = product()
    while (tokens[0] === '+' || tokens[0] === '-') value += tokens.shift() === '+' ? product() : -product()
    return value
  }
  const comparison = (): number => {
    const left = sum()
    const operator = tokens[0]
    if (operator === undefined || operator === ')') return left
    tokens.shift()
    const right = sum()
    return Number(COMPARISONS[operator]?.(left, right) ?? false)
  }
  return comparison()
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}
