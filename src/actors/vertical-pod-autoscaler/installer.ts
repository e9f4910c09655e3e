import { defineInstaller } from '../../engine/client/installer.ts'
import { MANIFESTS } from './definitions.ts'

/** Makes the definitions and registers the webhook, as the manifests and the admission controller do. */
export const vpaInstaller = defineInstaller({
  name: 'vpa-installer',
  kinds: ['CustomResourceDefinition'],
  manifests: MANIFESTS,
})
