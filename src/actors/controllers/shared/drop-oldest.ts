/** Of what is kept in the order in which it came, drops the oldest when there is one more than `most`. */
export const dropOldest = (kept: Set<string> | Map<string, unknown>, most: number): void => {
  const [oldest] = kept.keys()
  if (kept.size > most && oldest !== undefined) kept.delete(oldest)
}
