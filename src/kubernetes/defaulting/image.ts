/** Image names. Source: pkg/util/parsers/parsers.go; github.com/distribution/reference (v1.36). */

/** The tag, `latest` where neither tag nor digest is given, and '' beside a digest. */
export function imageTag(image: string): string {
  if (image === '') return ''
  const at = image.indexOf('@')
  const name = at < 0 ? image : image.slice(0, at)
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1)
  if (colon >= 0) return name.slice(colon + 1)
  return at < 0 ? 'latest' : ''
}

/** What the API server writes where the user says nothing. */
export const defaultPullPolicy = (image: string): 'Always' | 'IfNotPresent' =>
  imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent'
