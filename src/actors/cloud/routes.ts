import type { EventData } from '../../events/catalogue/index.ts'

type Asked = EventData<'CloudRequested'>
type Answer = Omit<EventData<'CloudAnswered'>, 'call'>

/** A route of the cloud's network: what is for a range goes to an instance. */
interface Route {
  readonly name: string
  readonly node: string
  readonly cidr: string
}

/** The routes of a cloud's network. What it has made stays made when its API is down. */
export class Routes {
  private readonly byName = new Map<string, Route>()
  private readonly quota: number

  constructor(quota: number) {
    this.quota = quota
  }

  /** Undefined for what is not asked of routes. */
  answer({ op, name, nodes = [], cidr = '' }: Asked): Answer | undefined {
    switch (op) {
      case 'routes':
        return { routes: [...this.byName.values()] }
      case 'createRoute': {
        if (!this.byName.has(name) && this.byName.size >= this.quota)
          return { problem: `quota of ${this.quota} routes is exceeded` }
        this.byName.set(name, { name, node: nodes[0] ?? '', cidr })
        return {}
      }
      case 'deleteRoute':
        this.byName.delete(name)
        return {}
      default:
        return undefined
    }
  }
}
