import { resourceQuotaController } from '../../../src/actors/controllers/resourcequota/resourcequota.ts'
import { minutes } from '../../../src/events/time.ts'
import { made, readyPod } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

/** Pods go, and the limits change. */
export const resourceQuota: SmallWorld = {
  name: 'resourcequota-controller',
  controllers: () => [resourceQuotaController(['Pod', 'ConfigMap'])],
  given: [
    made('ResourceQuota', 'most', { spec: { hard: { pods: '4' } } }),
    ...['a', 'b', 'c'].map((name) => readyPod(name)),
  ],
  steps: 6,
  // It counts everything again every five minutes.
  settle: minutes(6),
  script: {
    1: (stage) => stage.remove('Pod', 'a'),
    3: (stage) => stage.edit('ResourceQuota', 'most', { hard: { pods: '3' } }),
    4: (stage) => stage.remove('Pod', 'b'),
  },
  finally: (stage) => {
    const used = stage.get('ResourceQuota', 'most')?.status?.used?.['pods']
    return used === '1' ? undefined : `${used} Pods are counted, there is 1`
  },
}
