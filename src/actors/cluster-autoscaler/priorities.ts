/** Name of the ConfigMap in which operators say which groups they want first. Source: expander/priority/priority.go (v1.36). */
export const PRIORITY_CONFIG_MAP = 'cluster-autoscaler-priority-expander'

export interface Priority {
  readonly priority: number
  readonly patterns: readonly RegExp[]
}

/**
 * What entry `priorities` of the ConfigMap says: numbers, below each a list of patterns of names. Lines that are neither are
 * left out, as are patterns that are none.
 */
export const prioritiesOf = (text: string): readonly Priority[] => {
  const found: { readonly priority: number; readonly patterns: RegExp[] }[] = []
  for (const line of text.split('\n')) {
    const number = /^\s*(\d+)\s*:\s*$/.exec(line)?.[1]
    const pattern = /^\s*-\s*(.+?)\s*$/.exec(line)?.[1]
    if (number !== undefined) found.push({ priority: Number(number), patterns: [] })
    else if (pattern !== undefined) {
      const compiled = compile(pattern.replace(/^(['"])(.*)\1$/, '$2'))
      if (compiled !== undefined) found.at(-1)?.patterns.push(compiled)
    }
  }
  return found
}

const compile = (pattern: string): RegExp | undefined => {
  try {
    return new RegExp(pattern)
  } catch {
    return undefined
  }
}
