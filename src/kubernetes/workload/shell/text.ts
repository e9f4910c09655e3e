/** Whole lines of a text, and what follows the last of them. */
export const splitLines = (text: string): { readonly lines: readonly string[]; readonly rest: string } => {
  const lines = text.split('\n')
  const rest = lines.pop() ?? ''
  return { lines, rest }
}
