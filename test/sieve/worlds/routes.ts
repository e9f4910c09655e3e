import { routeController } from '../../../src/actors/cloud/route-controller.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import { findCondition } from '../../../src/kubernetes/conditions.ts'
import { readyNode } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

const node = (name: string, n: number): ReturnType<typeof readyNode> =>
  readyNode(name, { podCIDR: `10.244.${n}.0/24`, podCIDRs: [`10.244.${n}.0/24`] })

/** The routes that the cloud has, as it last told. */
const routesOf = (stage: Stage): readonly string[] => [...stage.cloudRoutes].sort()

/** Two nodes have ranges; a third comes, one goes. The cloud has no route too many. */
export const routes: SmallWorld = {
  name: 'node-route-controller',
  controllers: () => [routeController],
  given: [node('node-1', 0), node('node-2', 1)],
  cloud: { routes: 3, making: [millis(500), seconds(2)] },
  step: seconds(5),
  steps: 8,
  settle: seconds(60),
  script: {
    1: (stage) => stage.put(node('node-3', 2)),
    4: (stage) => stage.remove('Node', 'node-1'),
  },
  finally: (stage) => {
    const without = stage
      .list('Node')
      .filter(({ status }) => findCondition(status?.conditions, 'NetworkUnavailable')?.status !== 'False')
    if (without.length > 0) return `${without[0]?.metadata.name ?? ''} has no network`
    const told = routesOf(stage).join()
    return told === 'node-2 10.244.1.0/24,node-3 10.244.2.0/24' ? undefined : `the cloud has these routes: ${told}`
  },
}
