/**
 * What names, labels, ports and the like may look like. Each check gives upstream's complaints, none for a good text.
 *
 * Source: apimachinery/pkg/util/validation/validation.go, apimachinery/pkg/api/validate/content (v1.36); the texts as the
 * API server shows them.
 */

const LABEL_1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const LABEL_1123_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
const SUBDOMAIN_1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const SUBDOMAIN_PATTERN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'
const SUBDOMAIN_1123_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const LABEL_1035_WORDS =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
const QUALIFIED_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const QUALIFIED_PATTERN = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const QUALIFIED_WORDS =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const LABEL_VALUE_WORDS =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

const EMPTY = 'must be non-empty'
const encoder = new TextEncoder()
/** Length in bytes of UTF-8, as Go counts. */
export const byteLength = (text: string): number => encoder.encode(text).length

/** `… (e.g. 'a',  or 'b', regex used for validation is 'r')`. Source: util/validation, RegexError. */
export function regexError(words: string, pattern: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${words} (regex used for validation is '${pattern}')`
  return `${words} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`
}

export const maxLenError = (length: number): string => `must be no more than ${length} bytes`
export const inclusiveRangeError = (low: number, high: number): string =>
  `must be between ${low} and ${high}, inclusive`

function check(text: string, longest: number, shape: RegExp, complaint: string, tooLong = maxLenError): string[] {
  const problems: string[] = []
  if (byteLength(text) > longest) problems.push(tooLong(longest))
  if (!shape.test(text)) problems.push(complaint)
  return problems
}

const characters = (longest: number): string => `must be no more than ${longest} characters`

export const isDNS1123Label = (text: string): readonly string[] =>
  check(
    text,
    63,
    LABEL_1123,
    regexError(LABEL_1123_WORDS, '[a-z0-9]([-a-z0-9]*[a-z0-9])?', 'my-name', '123-abc'),
    characters,
  )

export const isDNS1123Subdomain = (text: string): readonly string[] =>
  check(text, 253, SUBDOMAIN_1123, regexError(SUBDOMAIN_1123_WORDS, SUBDOMAIN_PATTERN, 'example.com'), characters)

export const isDNS1035Label = (text: string): readonly string[] =>
  check(
    text,
    63,
    LABEL_1035,
    regexError(LABEL_1035_WORDS, '[a-z]([-a-z0-9]*[a-z0-9])?', 'my-name', 'abc-123'),
    characters,
  )

/** A label's key: `name` or `prefix/name`. Source: util/validation, IsQualifiedName. */
export function isLabelKey(text: string): readonly string[] {
  const parts = text.split('/')
  if (parts.length > 2) {
    const words = `a valid label key ${QUALIFIED_WORDS}`
    const whole = regexError(words, QUALIFIED_PATTERN, 'MyName', 'my.name', '123-abc')
    return [`${whole} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const name = parts[parts.length - 1] ?? ''
  const problems: string[] = []
  if (parts.length === 2) {
    const prefix = parts[0] ?? ''
    if (prefix === '') problems.push(`prefix part ${EMPTY}`)
    else for (const problem of isDNS1123Subdomain(prefix)) problems.push(`prefix part ${problem}`)
  }
  if (name === '') problems.push(`name part ${EMPTY}`)
  else if (byteLength(name) > 63) problems.push(`name part ${maxLenError(63)}`)
  if (!QUALIFIED_PART.test(name)) {
    problems.push(`name part ${regexError(QUALIFIED_WORDS, QUALIFIED_PATTERN, 'MyName', 'my.name', '123-abc')}`)
  }
  return problems
}

export const isLabelValue = (text: string): readonly string[] =>
  check(
    text,
    63,
    LABEL_VALUE,
    regexError(LABEL_VALUE_WORDS, '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?', 'MyValue', 'my_value', '12345'),
  )
