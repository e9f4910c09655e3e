/** What types are called: the library's names as cel-go's. */

const NAMES: Readonly<Record<string, string>> = {
  null: 'null_type',
  optional: 'optional_type',
  list: 'list',
  map: 'map',
}

/** As Go prints types: `list<null>` is `list(null_type)`. */
export const goType = (type: string): string =>
  type
    .replace(/\b(null|optional)\b/g, (name) => NAMES[name] ?? name)
    .replaceAll('<', '(')
    .replaceAll('>', ')')

/** As the checker's messages show them. */
export const shownType = (type: string): string =>
  goType(type).replaceAll('google.protobuf.Timestamp', 'timestamp').replaceAll('google.protobuf.Duration', 'duration')
