import { createHmac } from 'node:crypto'
import { defineController } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import type { Secret } from '../../../kubernetes/types/core.ts'
import { isBootstrapToken, signingToken, TOKEN_NAMESPACE } from './tokens.ts'

const NAMESPACE = 'kube-public'
const NAME = 'cluster-info'
const CONTENT = 'kubeconfig'
const SIGNATURE_PREFIX = 'jws-kubeconfig-'

/**
 * Signs what everybody may read about the cluster with each bootstrap token, so that who has a token can tell it from a
 * forgery. Source: pkg/controller/bootstrap/bootstrapsigner.go, signConfigMap (v1.36).
 */
export const bootstrapSignerController = defineController({
  name: 'bootstrap-signer-controller',
  account: 'bootstrap-signer',
  kinds: ['ConfigMap', 'Secret'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ kind, namespace, name, before, after }) => {
    const isOurs =
      kind === 'ConfigMap'
        ? namespace === NAMESPACE && name === NAME && after !== undefined
        : isBootstrapToken((after ?? before) as Secret)
    return isOurs ? [NAME] : []
  },

  *reconcile(_key, { view, now }): Sync {
    const map = view.get('ConfigMap', NAMESPACE, NAME)
    const content = map?.data?.[CONTENT]
    if (map === undefined || content === undefined) return
    const data = Object.fromEntries(Object.entries(map.data ?? {}).filter(([key]) => !key.startsWith(SIGNATURE_PREFIX)))
    for (const secret of view.list('Secret', TOKEN_NAMESPACE)) {
      const token = isBootstrapToken(secret) ? signingToken(secret, now) : undefined
      if (token !== undefined) data[SIGNATURE_PREFIX + token.id] = detachedSignature(content, token)
    }
    if (sameJson(data, map.data)) return
    // Upstream tries nothing again: whoever changes the map or a token wakes it, and so does a conflict's other side.
    yield* call({ verb: 'update', kind: 'ConfigMap', namespace: NAMESPACE, name: NAME, body: { ...map, data } })
  },
})

/** A JWS without its middle, which is the content. Source: cluster-bootstrap/token/jws/jws.go, ComputeDetachedSignature (v1.36). */
function detachedSignature(content: string, { id, secret }: { readonly id: string; readonly secret: string }): string {
  const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: id })).toString('base64url')
  const payload = Buffer.from(content).toString('base64url')
  const signature = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')
  return `${header}..${signature}`
}
