/** Formats that texts may have: `format.dns1123Label().validate(name)`. Source: apiserver/pkg/cel/library/format.go (v1.36). */
import { Optional } from '@marcbachmann/cel-js'
import { hasFormat } from '../../custom-resources/formats.ts'
import { isDNS1035Label, isDNS1123Label, isDNS1123Subdomain, isLabelKey, isLabelValue } from '../../syntax.ts'
import { Opaque } from '../values.ts'
import type { Library } from './register.ts'
import { parseUrl } from './urls.ts'

type Problems = (text: string) => readonly string[]

export class Format extends Opaque {
  readonly name: string
  readonly problems: Problems

  constructor(name: string, problems: Problems) {
    super()
    this.name = name
    this.problems = problems
  }

  equals(other: Opaque): boolean {
    return other instanceof Format && other.name === this.name
  }
}

/** What names are generated from may end in a dash. Source: apimachinery/pkg/api/validation/generic.go, maskTrailingDash. */
const prefix =
  (problems: Problems): Problems =>
  (text) =>
    problems(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text)

const inFormat =
  (format: string, words: string): Problems =>
  (text) =>
    hasFormat(text, format) ? [] : [words]

const uri: Problems = (text) =>
  parseUrl(text) === undefined ? [`parse ${JSON.stringify(text)}: invalid URI for request`] : []

const FORMATS: ReadonlyMap<string, Format> = new Map(
  Object.entries<Problems>({
    dns1123Label: isDNS1123Label,
    dns1123Subdomain: isDNS1123Subdomain,
    dns1035Label: isDNS1035Label,
    qualifiedName: isLabelKey,
    dns1123LabelPrefix: prefix(isDNS1123Label),
    dns1123SubdomainPrefix: prefix(isDNS1123Subdomain),
    dns1035LabelPrefix: prefix(isDNS1035Label),
    labelValue: isLabelValue,
    uri,
    uuid: inFormat('uuid', 'does not match the UUID format'),
    byte: inFormat('byte', 'invalid base64'),
    date: inFormat('date', 'invalid date'),
    datetime: inFormat('datetime', 'invalid datetime'),
  }).map(([name, problems]) => [name, new Format(name, problems)]),
)

export const formats: Library = {
  ...Object.fromEntries(
    [...FORMATS].map(([name, format]) => [`format.${name}(): kubernetes.NamedFormat`, () => format]),
  ),
  'format.named(string): optional(kubernetes.NamedFormat)': (name: string) => {
    const format = FORMATS.get(name)
    return format === undefined ? Optional.none() : Optional.of(format)
  },
  '<kubernetes.NamedFormat>.validate(string): optional(list(string))': ({ problems }: Format, text: string) => {
    const found = problems(text)
    return found.length === 0 ? Optional.none() : Optional.of(found)
  },
}
