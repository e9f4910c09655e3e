import type { Micros } from '../../events/envelope.ts'

/** What a link rule says about a packet. */
export type Verdict =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'delay'; readonly delay: Micros }
  | { readonly verdict: 'loss'; readonly lossPpm: number }
  | { readonly verdict: 'drop' }

/** One fault of the network: packets of matching host pairs meet the verdict. `*` matches every *other* host. */
export interface LinkRule {
  readonly fault: number
  readonly from: string
  readonly to: string
  readonly bothWays: boolean
  readonly verdict: Exclude<Verdict, { verdict: 'pass' }>
}

/** What all rules together do to a packet between two hosts. */
export interface LinkState {
  readonly dropped: boolean
  readonly delay: Micros
  readonly lossPpm: number
}

const CLEAR: LinkState = { dropped: false, delay: 0, lossPpm: 0 }

const matchesOneWay = (rule: LinkRule, from: string, to: string): boolean =>
  (rule.from === '*' || rule.from === from) && (rule.to === '*' || rule.to === to)

/** The network's rules. With none in force, which is nearly always, the answer costs nothing. */
export class Links {
  private rules: readonly LinkRule[] = []

  add(rule: LinkRule): void {
    this.rules = [...this.rules, rule]
  }

  remove(fault: number): LinkRule | undefined {
    const rule = this.rules.find((candidate) => candidate.fault === fault)
    this.rules = this.rules.filter((candidate) => candidate.fault !== fault)
    return rule
  }

  between(from: string, to: string): LinkState {
    if (this.rules.length === 0) return CLEAR
    let dropped = false
    let delay = 0
    let lossPpm = 0
    for (const rule of this.rules) {
      // Within a host only what names it at both ends counts.
      if (from === to && (rule.from !== from || rule.to !== to)) continue
      if (!matchesOneWay(rule, from, to) && !(rule.bothWays && matchesOneWay(rule, to, from))) continue
      if (rule.verdict.verdict === 'drop') dropped = true
      else if (rule.verdict.verdict === 'delay') delay += rule.verdict.delay
      else lossPpm = Math.max(lossPpm, rule.verdict.lossPpm)
    }
    return { dropped, delay, lossPpm }
  }
}
