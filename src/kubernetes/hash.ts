/** Hashes that end up in names and labels. Source: pkg/controller/controller_utils.go, ComputeHash (v1.36). */
import type { Json } from '../events/json.ts'
import { safeEncode } from './names.ts'
import type { PodTemplateSpec } from './types/pod.ts'

const FNV32_OFFSET = 0x811c9dc5
const FNV32_PRIME = 0x01000193
const encoder = new TextEncoder()

/** FNV-1a over UTF-8, 32 bits, as an unsigned integer. */
export function fnv32a(text: string): number {
  let hash = FNV32_OFFSET
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, FNV32_PRIME)
  return hash >>> 0
}

/** FNV-1a over UTF-8, 64 bits. */
export function fnv64a(text: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of encoder.encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}

/** JSON with sorted keys and without absent members: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/**
 * The hash that tells ReplicaSets of one Deployment apart (`pod-template-hash`).
 *
 * Abridged: upstream hashes a dump of its Go structure; here it is canonical JSON, so equal templates have equal hashes and
 * the text looks alike, but it is not the text that a real cluster computes for the same template.
 */
export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  return templateHash(template, collisionCount)
}

/** The same for any template-like value, as ControllerRevisions have. */
export function templateHash(value: unknown, collisionCount?: number): string {
  const text = canonicalJson(value) + (collisionCount === undefined ? '' : `\u0000${collisionCount}`)
  return safeEncode(fnv32a(text).toString())
}

/** Whether two values are the same JSON, whatever the order of their members. Absent and undefined are the same. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, i) => sameJson(item, b[i]))
  }
  return sameMembers(a as Readonly<Record<string, Json>>, b as Readonly<Record<string, Json>>)
}

function sameMembers(a: Readonly<Record<string, Json>>, b: Readonly<Record<string, Json>>): boolean {
  let left = 0
  for (const key of Object.keys(a)) {
    if (a[key] === undefined) continue
    left += 1
    if (b[key] === undefined || !sameJson(a[key], b[key])) return false
  }
  let right = 0
  for (const key of Object.keys(b)) if (b[key] !== undefined) right += 1
  return left === right
}
