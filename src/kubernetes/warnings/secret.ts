/** Warnings of Secrets. Source: pkg/registry/core/secret/strategy.go, warningsForSecret (v1.36). */
import { fromBase64 } from '../base64.ts'
import type { Draft } from '../draft.ts'
import type { Secret } from '../types/core.ts'

/** Abridged: a pair of certificate and key is only looked at for being PEM at all, not parsed and matched. */
export function secretWarnings({ type, data }: Draft<Secret>): readonly string[] {
  if (type !== 'kubernetes.io/tls') return []
  const isPem = (base64: string | undefined): boolean => fromBase64(base64 ?? '').includes('-----BEGIN ')
  if (!isPem(data?.['tls.crt'])) return ['tls: failed to find any PEM data in certificate input']
  return isPem(data?.['tls.key']) ? [] : ['tls: failed to find any PEM data in key input']
}
