import type { ApiObject } from '../../../events/json.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { AdmissionPlugin, AdmissionWorld, Admitted, Attributes, Operation, Validated } from './admission.ts'

/** The plugins that have a say in one kind of request. */
interface Links {
  readonly mutating: readonly AdmissionPlugin[]
  readonly validating: readonly AdmissionPlugin[]
}

/**
 * All plugins in upstream's order: first all that may change the object, then all that only judge it.
 * Which plugins a request meets depends on its operation, kind and subresource alone and is looked up once.
 */
export class AdmissionChain {
  private readonly plugins: readonly AdmissionPlugin[]
  private readonly links = new Map<string, Links>()

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.plugins = plugins
  }

  admit(object: ApiObject, attributes: Attributes, world: AdmissionWorld): Admitted {
    let admitted = object
    for (const plugin of this.of(attributes).mutating) {
      const outcome = plugin.admit?.(admitted, attributes, world)
      if (outcome === undefined) continue
      if (!('object' in outcome)) return outcome
      admitted = outcome.object
    }
    return { object: admitted }
  }

  validate(object: ApiObject, attributes: Attributes, world: AdmissionWorld): Validated {
    for (const plugin of this.of(attributes).validating) {
      const outcome = plugin.validate?.(object, attributes, world)
      if (outcome !== undefined) return outcome
    }
    return undefined
  }

  private of({ operation, kind, subresource }: Attributes): Links {
    const key = `${operation}/${kind}/${subresource}`
    const known = this.links.get(key)
    if (known !== undefined) return known
    const links = this.build(operation, kind, subresource)
    this.links.set(key, links)
    return links
  }

  private build(operation: Operation, kind: Kind, subresource: string): Links {
    const applying = this.plugins.filter((plugin) => plugin.applies(operation, kind, subresource))
    return {
      mutating: applying.filter((plugin) => plugin.admit !== undefined),
      validating: applying.filter((plugin) => plugin.validate !== undefined),
    }
  }
}
