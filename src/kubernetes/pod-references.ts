import type { Pod } from './types/pod.ts'
import { claimOfVolume } from './volumes.ts'

const NONE: ReadonlySet<string> = new Set()

/** Fields under which a Pod's spec names an object of a resource; `name` of the object under the field, or the text itself. */
const FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  secrets: new Set(['secretName', 'secret', 'secretRef', 'secretKeyRef', 'imagePullSecrets', 'nodePublishSecretRef']),
  configmaps: new Set(['configMap', 'configMapRef', 'configMapKeyRef']),
  serviceaccounts: new Set(['serviceAccountName']),
}

/** Names of the objects of a resource that a Pod refers to. Source: pkg/api/v1/pod/util.go, VisitPodSecretNames and the like. */
export function namesIn(pod: Pod, resource: string): ReadonlySet<string> {
  if (resource === 'resourceclaims') {
    const statuses = pod.status?.resourceClaimStatuses ?? []
    const named = [...(pod.spec.resourceClaims ?? []), ...statuses].flatMap(
      ({ resourceClaimName }) => resourceClaimName ?? [],
    )
    return new Set(named)
  }
  if (resource === 'persistentvolumeclaims') {
    return new Set((pod.spec.volumes ?? []).flatMap((volume) => claimOfVolume(pod, volume) ?? []))
  }
  const fields = FIELDS[resource]
  if (fields === undefined) return NONE
  const names = new Set<string>()
  visit(pod.spec, fields, names)
  return names
}

function visit(value: unknown, fields: ReadonlySet<string>, names: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    if (fields.has(key)) for (const one of Array.isArray(member) ? member : [member]) add(one, names)
    visit(member, fields, names)
  }
}

function add(reference: unknown, names: Set<string>): void {
  if (typeof reference === 'string') names.add(reference)
  else if (typeof reference === 'object' && reference !== null && 'name' in reference) names.add(String(reference.name))
}
