import { endpointController } from '../../../src/actors/controllers/endpoint/endpoint.ts'
import { made, readyPod } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

export const service = made('Service', 'web', {
  spec: {
    selector: { app: 'web' },
    type: 'ClusterIP',
    clusterIP: '10.96.0.9',
    clusterIPs: ['10.96.0.9'],
    ipFamilies: ['IPv4'],
    ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
  },
})

const unready = (stage: Stage, name: string): void =>
  stage.change('Pod', name, (pod) => ({
    ...pod,
    status: { ...pod.status, conditions: [{ type: 'Ready', status: 'False' }] },
  }))

export const podsComeAndGo: NonNullable<SmallWorld['script']> = {
  1: (stage) => stage.put(readyPod('web-2')),
  3: (stage) => unready(stage, 'web-1'),
  5: (stage) => stage.remove('Pod', 'web-2'),
  6: (stage) => stage.put(readyPod('web-3')),
}

/** Pods come, fail to be ready, and go. */
export const endpoint: SmallWorld = {
  name: 'endpoint-controller',
  controllers: () => [endpointController],
  given: [service, readyPod('web-1')],
  steps: 8,
  script: podsComeAndGo,
  // When the last Pod changed as the controller first saw it.
  outcome: (object) => ({ ...object, metadata: { ...object.metadata, annotations: {} } }),
}
