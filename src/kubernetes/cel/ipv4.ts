/** The 32 bits of an address in four decimal parts; undefined for other texts. */
export function parseIPv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255))
    return undefined
  return parts.reduce((bits, part) => bits * 256 + Number(part), 0)
}
