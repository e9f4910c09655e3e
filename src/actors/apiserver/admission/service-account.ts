import { millis } from '../../../events/time.ts'
import { randomSuffix } from '../../../kubernetes/names.ts'
import { isMirrorPod } from '../../../kubernetes/pods.ts'
import { forbidden, type Status } from '../../../kubernetes/status.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { ServiceAccount } from '../../../kubernetes/types/core.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Volume } from '../../../kubernetes/types/volume.ts'
import type { AdmissionPlugin, AdmissionWorld, Attributes, Question } from './admission.ts'

const DEFAULT_ACCOUNT = 'default'
/** The controller makes it a moment after the namespace. Source: serviceaccount/admission.go, getServiceAccount. */
const DEFAULT_ACCOUNT_TRIES = 10
const RETRY_MIN = millis(100)
const RETRY_JITTER = millis(100)

const VOLUME_PREFIX = 'kube-api-access-'
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
/** An hour and seven seconds: recognisable, and long enough to be valid for a year. */
const TOKEN_EXPIRATION_SECONDS = 3607

/**
 * Every Pod runs as a service account and finds its credentials in a volume.
 * Source: plugin/pkg/admission/serviceaccount/admission.go, Admit and mountServiceAccountToken (v1.36).
 */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  applies: (operation, kind, subresource) => operation === 'CREATE' && kind === 'Pod' && subresource === '',

  admit(object, attributes, world) {
    const pod = object as Pod
    if (isMirrorPod(pod)) return validateMirror(pod, attributes) ?? { object }
    const name = pod.spec.serviceAccountName ?? DEFAULT_ACCOUNT
    const account = lookUp(name, attributes, world)
    if (account === undefined) return { refusal: accountMissing(name, attributes) }
    if ('ask' in account) return { question: account }
    const named: Pod = { ...pod, spec: { ...pod.spec, serviceAccountName: name, serviceAccount: name } }
    const pulling = withPullSecrets(named, account)
    return { object: automounts(pulling, account) ? withToken(pulling, world) : pulling }
  },
}

const lookUp = (
  name: string,
  { namespace }: Attributes,
  { view, answers, random }: AdmissionWorld,
): ServiceAccount | Question | undefined => {
  const cached = view.get('ServiceAccount', namespace, name)
  if (cached !== undefined) return cached
  const tries = name === DEFAULT_ACCOUNT ? DEFAULT_ACCOUNT_TRIES : 1
  for (let attempt = 0; attempt < tries; attempt++) {
    const ask = `service-account/${attempt}`
    const live = answers.get(ask)
    if (live === undefined) {
      const after = attempt === 0 ? 0 : RETRY_MIN + random.below(RETRY_JITTER)
      return { ask, kind: 'ServiceAccount', namespace, name, after }
    }
    if (live !== null) return live as ServiceAccount
  }
  return undefined
}

const accountMissing = (account: string, { resource, name, namespace }: Attributes): Status => {
  const why = `error looking up service account ${namespace ?? ''}/${account}: serviceaccount "${account}" not found`
  return forbidden(resource, name, why)
}

/** The kubelet's own Pods belong to nobody in the API. */
const validateMirror = (pod: Pod, { resource, name }: Attributes): { readonly refusal: Status } | undefined => {
  if (pod.spec.serviceAccountName === undefined) return undefined
  return { refusal: forbidden(resource, name, 'a mirror pod may not reference service accounts') }
}

const withPullSecrets = (pod: Pod, { imagePullSecrets = [] }: ServiceAccount): Pod =>
  (pod.spec.imagePullSecrets ?? []).length > 0 || imagePullSecrets.length === 0
    ? pod
    : { ...pod, spec: { ...pod.spec, imagePullSecrets } }

const automounts = (pod: Pod, account: ServiceAccount): boolean =>
  pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true

const withToken = (pod: Pod, { random }: AdmissionWorld): Pod => {
  const { spec } = pod
  const present = spec.volumes?.find((volume) => volume.name.startsWith(VOLUME_PREFIX))
  const name = present?.name ?? VOLUME_PREFIX + randomSuffix((below) => random.below(below))
  // Not validated yet: there may be none.
  const given = (spec.containers as readonly Container[] | undefined) ?? []
  const containers = given.map((container) => withMount(container, name))
  const initContainers = spec.initContainers?.map((container) => withMount(container, name))
  const needed = containers.some(isNew(given)) || (initContainers?.some(isNew(spec.initContainers)) ?? false)
  if (!needed) return pod
  const volumes = present === undefined ? [...(spec.volumes ?? []), tokenVolume(name)] : spec.volumes
  const inits = initContainers === undefined ? {} : { initContainers }
  return { ...pod, spec: { ...spec, volumes, ...inits, containers } }
}

const isNew =
  (before: readonly Container[] | undefined) =>
  (container: Container, index: number): boolean =>
    container !== before?.[index]

const withMount = (container: Container, name: string): Container => {
  const mounts = container.volumeMounts ?? []
  if (mounts.some((mount) => mount.mountPath === MOUNT_PATH)) return container
  return { ...container, volumeMounts: [...mounts, { name, readOnly: true, mountPath: MOUNT_PATH }] }
}

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_EXPIRATION_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 0o644,
  },
})
