/**
 * The order of a group's versions: `v2`, `v1`, `v1beta2`, `v1beta1`, `v1alpha1`, then all other names by the alphabet.
 * Source: apimachinery/pkg/version/helpers.go, CompareKubeAwareVersionStrings (v1.36).
 */
const KUBE_VERSION = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/

const LEVELS: Readonly<Record<string, number>> = { alpha: 0, beta: 1, '': 2 }

/** Negative when the first comes first. */
export const byPriority = (a: string, b: string): number => {
  const [x, y] = [partsOf(a), partsOf(b)]
  if (x === undefined || y === undefined) {
    return x !== undefined ? -1 : y !== undefined ? 1 : a < b ? -1 : a > b ? 1 : 0
  }
  return y[0] - x[0] || y[1] - x[1] || y[2] - x[2]
}

/** Its level, its major and its minor number. */
const partsOf = (version: string): readonly [number, number, number] | undefined => {
  const found = KUBE_VERSION.exec(version)
  if (found === null) return undefined
  const [, major = '', level = '', minor = '0'] = found
  return [LEVELS[level] ?? 0, Number(major), Number(minor)]
}
