/**
 * Names of properties as expressions write them: `x-y` is `x__dash__y`, `namespace` is `__namespace__`.
 * Source: apiserver/pkg/cel/escaping.go, Escape (v1.36).
 */

const RESERVED: ReadonlySet<string> = new Set(
  (
    'true false null in as break const continue else for function if import let loop package namespace return ' +
    'var void while'
  ).split(' '),
)
const SIGNS: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
}

/** Undefined for names that no expression can write. */
export function celName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`
  if (!/^[a-zA-Z_./-][a-zA-Z0-9_./-]*$/.test(name)) return undefined
  return name.replace(/__|[-./]/g, (sign) => SIGNS[sign] ?? sign)
}
