import { base64Of, bytesOfBase64 } from '../base64.ts'

/** What the first block of a type holds; undefined when there is none. */
export function readPem(text: string, type: string): Uint8Array | undefined {
  const begin = `-----BEGIN ${type}-----`
  const from = text.indexOf(begin)
  const to = text.indexOf(`-----END ${type}-----`, from)
  if (from < 0 || to < 0) return undefined
  const digits = text.slice(from + begin.length, to).replace(/\s/g, '')
  return /^[A-Za-z0-9+/]*={0,2}$/.test(digits) ? bytesOfBase64(digits) : undefined
}

export function writePem(bytes: Uint8Array, type: string): string {
  const lines = base64Of(bytes).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`
}
