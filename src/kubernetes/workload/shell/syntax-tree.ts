/** What a script says, read. */

export type Part = { readonly quoted: boolean } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback: string }
  | { readonly kind: 'command'; readonly script: string }
  | { readonly kind: 'arithmetic'; readonly expression: string }
)
export type Word = readonly Part[]

export interface Redirect {
  readonly from: '0' | '1' | '2'
  readonly how: '<' | '>' | '>>' | '>&'
  readonly to: Word
}

export type Node =
  | {
      readonly kind: 'simple'
      readonly assigned: readonly { readonly name: string; readonly value: Word }[]
      readonly words: readonly Word[]
      readonly redirects: readonly Redirect[]
    }
  | { readonly kind: 'pipeline'; readonly parts: readonly Node[]; readonly negated: boolean }
  | { readonly kind: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'loop'; readonly until: boolean; readonly condition: Node; readonly body: Node }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[]; readonly body: Node }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly condition: Node; readonly body: Node }[]
      readonly otherwise: Node | undefined
    }
