import type * as t from 'io-ts'
import type { EventData } from '../../events/catalogue/index.ts'
import type { forwardingRule } from '../../events/catalogue/networking.ts'
import type { Micros } from '../../events/envelope.ts'
import type { Random } from '../../engine/kernel/random.ts'

export type ForwardingRule = t.TypeOf<typeof forwardingRule>
export type Target = ForwardingRule['endpoints'][number]

interface Sticky {
  readonly target: Target
  readonly at: Micros
}

/**
 * The machine's packet filter: where it sends what is addressed to a Service. kube-proxy writes the rules; they outlive
 * it and are gone only with the machine.
 */
export class PacketFilter {
  private readonly rules = new Map<string, ForwardingRule>()
  private readonly sticky = new Map<string, Sticky>()

  program({ all, set, removed }: EventData<'ProgramRules'>): void {
    if (all) this.rules.clear()
    for (const address of removed) this.rules.delete(address)
    for (const rule of set) this.rules.set(rule.address, rule)
  }

  /**
   * Where a new connection to `ip:port` goes: to an endpoint, nowhere because the Service has none (it is refused), or
   * on as it is because no rule is about it.
   *
   * Every endpoint is as likely as any other, as iptables' cascade of 1/n, 1/(n-1) … makes it; with affinity a client
   * stays with its endpoint while that is there. Source: pkg/proxy/iptables/proxier.go, writeServiceToEndpointRules (v1.36).
   */
  route(ip: string, port: number, client: string, now: Micros, random: Random): Target | 'refused' | undefined {
    const rule = this.rules.get(`${ip}:${port}`) ?? this.rules.get(`*:${port}`)
    if (rule === undefined) return undefined
    const { endpoints, affinitySeconds } = rule
    if (endpoints.length === 0) return 'refused'
    if (affinitySeconds === undefined) return endpoints[random.below(endpoints.length)]
    const key = `${rule.address} ${client}`
    const known = this.sticky.get(key)
    const isFresh = known !== undefined && now - known.at < affinitySeconds * 1_000_000
    const kept = isFresh
      ? endpoints.find((one) => one.ip === known.target.ip && one.port === known.target.port)
      : undefined
    const target = kept ?? endpoints[random.below(endpoints.length)]
    if (target !== undefined) this.sticky.set(key, { target, at: now })
    return target
  }
}
