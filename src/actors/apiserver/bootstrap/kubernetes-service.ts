import type { Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import type { World } from '../world.ts'
import { ensure, type OwnDraft } from './ensure.ts'

/** Where API servers serve HTTPS. Source: apiserver/pkg/server/options, SecureServingOptions: kube-apiserver's BindPort. */
export const SECURE_PORT = 6443

/**
 * The Service through which Pods reach the API servers.
 * Source: pkg/controlplane/controller/kubernetesservice/controller.go, UpdateKubernetesService (v1.36).
 */
export const ensureKubernetesService = (world: World): Procedure<Answer | undefined> =>
  ensure('Service', 'default', serviceAt(world.addresses.range.first), world)

const serviceAt = (clusterIP: string): OwnDraft<'Service'> => ({
  metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    clusterIP,
    ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: SECURE_PORT }],
    sessionAffinity: 'None',
    ipFamilyPolicy: 'SingleStack',
    type: 'ClusterIP',
  },
})
