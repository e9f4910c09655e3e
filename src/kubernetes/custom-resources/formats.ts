/** The formats of texts that schemas name. Source: k8s.io/kube-openapi/pkg/validation/strfmt/default.go (v1.36). */
import { parseTime } from '../time.ts'

const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/
const HEX_GROUP = /^[0-9a-fA-F]{1,4}$/

const CHECKS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) =>
    /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d/.test(text) && parseTime(text.replace(' ', 'T')) !== undefined,
  datetime: (text) => CHECKS['date-time']?.(text) ?? false,
  date: (text) => /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text),
  ipv4: (text) => IPV4.test(text),
  ipv6: (text) => isIPv6(text),
  ip: (text) => IPV4.test(text) || isIPv6(text),
  cidr: (text) => isCidr(text),
  byte: (text) => /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
  uri: (text) => /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text) || text.startsWith('/'),
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
  hostname: (text) => /^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,253}[a-zA-Z0-9])?$/.test(text),
  mac: (text) => /^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/.test(text),
  duration: (text) => /^([+-]?\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w))+$/.test(text) || text === '0',
  'k8s-short-name': (text) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text),
  'k8s-long-name': (text) => /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text),
}

/** Whether a text has a format; one that nobody knows is no restriction. */
export const hasFormat = (text: string, format: string): boolean => CHECKS[format]?.(text) ?? true

const isIPv6 = (text: string): boolean => {
  const halves = text.split('::')
  if (halves.length > 2 || text === '') return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups[groups.length - 1] ?? ''
  const hex = IPV4.test(last) ? [...groups.slice(0, -1), '0', '0'] : groups
  return hex.every((group) => HEX_GROUP.test(group)) && (halves.length === 2 ? hex.length < 8 : hex.length === 8)
}

const isCidr = (text: string): boolean => {
  const [address = '', bits = ''] = text.split('/')
  if (!/^\d{1,3}$/.test(bits)) return false
  return (IPV4.test(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128)
}
