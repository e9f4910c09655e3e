/** Pointers into objects. Source: apiserver/pkg/cel/library/jsonpatch.go (v1.36). */
import type { Library } from './register.ts'

export const patches: Library = {
  'jsonpatch.escapeKey(string): string': (text: string) => text.replaceAll('~', '~0').replaceAll('/', '~1'),
}
