/** Where in an object: member names and list positions, from the outside in. */
export type FieldPath = readonly (string | number)[]

/** `spec.containers[0].ports[0].containerPort`, as the API's messages write it. */
export function formatPath(path: FieldPath): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}

/** `ports` within `[0]` and so on: the parts of a text that `formatPath` or a field error wrote. */
export function parsePath(text: string): FieldPath {
  const parts: (string | number)[] = []
  for (const match of text.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) {
    const [, bracketed, name] = match
    if (bracketed === undefined) parts.push(name ?? '')
    else parts.push(/^\d+$/.test(bracketed) ? Number(bracketed) : bracketed)
  }
  return parts
}
