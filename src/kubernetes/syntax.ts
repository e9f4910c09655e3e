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

/** Length in bytes of UTF-8, as Go counts. */
export function byteLength(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    // Of a surrogate pair each half counts two of the four bytes.
    length += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return length
}

/** `… (e.g. 'a',  or 'b', regex used for validation is 'r')`. Source: util/validation, RegexError. */
export function regexError(words: string, pattern: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${words} (regex used for validation is '${pattern}')`
  return `${words} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`
}

export const maxLenError = (length: number): string => `must be no more than ${length} bytes`
export const inclusiveRangeError = (low: number, high: number): string =>
  `must be between ${low} and ${high}, inclusive`

const NOT_SUBDOMAIN = regexError(SUBDOMAIN_1123_WORDS, SUBDOMAIN_PATTERN, 'example.com')
const WILDCARD_1123 = /^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const NOT_WILDCARD = regexError(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  `\\*\\.${SUBDOMAIN_PATTERN}`,
  '*.example.com',
)
const NOT_LABEL_1035 = regexError(LABEL_1035_WORDS, '[a-z]([-a-z0-9]*[a-z0-9])?', 'my-name', 'abc-123')
const NOT_LABEL_VALUE = regexError(
  LABEL_VALUE_WORDS,
  '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?',
  'MyValue',
  'my_value',
  '12345',
)

const NONE: readonly string[] = []

function check(
  text: string,
  longest: number,
  shape: RegExp,
  complaint: string,
  tooLong = maxLenError,
): readonly string[] {
  // All shapes are ASCII: of a match, the length is the number of bytes.
  if (text.length <= longest && shape.test(text)) return NONE
  const problems: string[] = []
  if (byteLength(text) > longest) problems.push(tooLong(longest))
  if (!shape.test(text)) problems.push(complaint)
  return problems
}

const characters = (longest: number): string => `must be no more than ${longest} characters`

/** A text that would do as a subdomain is told about its dots. Source: validate/content/dns.go, IsDNS1123Label. */
export function isDNS1123Label(text: string): readonly string[] {
  if (text.length <= 63 && LABEL_1123.test(text)) return NONE
  const complaint = SUBDOMAIN_1123.test(text)
    ? 'must not contain dots'
    : regexError(LABEL_1123_WORDS, '[a-z0-9]([-a-z0-9]*[a-z0-9])?', 'my-name', '123-abc')
  return check(text, 63, LABEL_1123, complaint, characters)
}

export const isDNS1123Subdomain = (text: string): readonly string[] =>
  check(text, 253, SUBDOMAIN_1123, NOT_SUBDOMAIN, characters)

/** `*.example.com`. Source: util/validation, IsWildcardDNS1123Subdomain. */
export const isWildcardDNS1123Subdomain = (text: string): readonly string[] =>
  check(text, 253, WILDCARD_1123, NOT_WILDCARD, characters)

export const isDNS1035Label = (text: string): readonly string[] =>
  check(text, 63, LABEL_1035, NOT_LABEL_1035, characters)

/** Keys that were found good; a cluster uses few. */
const GOOD_KEYS_LIMIT = 4_096
const goodKeys = new Set<string>()

/** A label's key: `name` or `prefix/name`. Source: util/validation, IsQualifiedName. */
export function isLabelKey(text: string): readonly string[] {
  if (goodKeys.has(text)) return NONE
  const problems = labelKeyProblems(text)
  if (problems.length === 0) {
    if (goodKeys.size >= GOOD_KEYS_LIMIT) goodKeys.clear()
    goodKeys.add(text)
  }
  return problems
}

function labelKeyProblems(text: string): readonly string[] {
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

export const isLabelValue = (text: string): readonly string[] => check(text, 63, LABEL_VALUE, NOT_LABEL_VALUE)

/** The name of a port: up to 15 letters, digits and hyphens. Source: util/validation, IsValidPortName. */
export function isPortName(text: string): readonly string[] {
  const problems: string[] = []
  if (byteLength(text) > 15) problems.push(characters(15))
  if (!/^[-a-z0-9]+$/.test(text)) {
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  }
  if (!/[a-z]/.test(text)) problems.push('must contain at least one letter (a-z)')
  if (text.includes('--')) problems.push('must not contain consecutive hyphens')
  if (text.startsWith('-') || text.endsWith('-')) problems.push('must not begin or end with a hyphen')
  return problems
}

export const isPortNumber = (port: number): readonly string[] =>
  port >= 1 && port <= 65_535 ? [] : [inclusiveRangeError(1, 65_535)]

/** Source: util/validation, IsRelaxedEnvVarName (gate RelaxedEnvironmentVariableValidation, on). */
export const isEnvVarName = (text: string): readonly string[] =>
  /^[ -<>-~]+$/.test(text)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]

/** A key of a ConfigMap or Secret: also a file name. Source: util/validation, IsConfigMapKey. */
export function isConfigMapKey(text: string): readonly string[] {
  const problems: string[] = []
  if (byteLength(text) > 253) problems.push(characters(253))
  if (!/^[-._a-zA-Z0-9]+$/.test(text)) {
    const words = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    problems.push(regexError(words, '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'))
  }
  if (text === '.') problems.push("must not be '.'")
  else if (text === '..') problems.push("must not be '..'")
  else if (text.startsWith('..')) problems.push("must not start with '..'")
  return problems
}

export const isPercent = (text: string): readonly string[] =>
  /^[0-9]+%$/.test(text)
    ? []
    : [regexError("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%')]

export const isHTTPHeaderName = (text: string): readonly string[] =>
  /^[-A-Za-z0-9]+$/.test(text)
    ? []
    : [
        regexError(
          "a valid HTTP header must consist of alphanumeric characters or '-'",
          '[-A-Za-z0-9]+',
          'X-Header-Name',
        ),
      ]
