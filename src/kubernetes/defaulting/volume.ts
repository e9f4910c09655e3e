/** Defaults of a Pod's volumes. Source: pkg/apis/core/v1/defaults.go (v1.36). */
import type { DownwardAPIFile, Volume, VolumeProjection } from '../types/volume.ts'
import type { Draft } from '../draft.ts'
import { defaultPullPolicy } from './image.ts'

/** Files of volumes: rw-r--r--. */
const DEFAULT_MODE = 0o644
const TOKEN_SECONDS = 3_600

const hasSource = (volume: Draft<Volume>): boolean =>
  Object.entries(volume).some(([field, source]) => field !== 'name' && source !== undefined)

export function defaultVolume(volume: Draft<Volume>): Draft<Volume> {
  if (!hasSource(volume)) return { ...volume, emptyDir: {} }
  const { hostPath, secret, configMap, downwardAPI, projected, ephemeral, image, rbd, iscsi } = volume
  const mode = <S extends { readonly defaultMode?: number }>(source: S): S => ({
    ...source,
    defaultMode: source.defaultMode ?? DEFAULT_MODE,
  })
  if (hostPath !== undefined) return { ...volume, hostPath: { ...hostPath, type: hostPath.type ?? '' } }
  if (secret !== undefined) return { ...volume, secret: mode(secret) }
  if (configMap !== undefined) return { ...volume, configMap: mode(configMap) }
  if (downwardAPI !== undefined) {
    const { items } = downwardAPI
    return {
      ...volume,
      downwardAPI: mode(items === undefined ? downwardAPI : { ...downwardAPI, items: items.map(defaultFile) }),
    }
  }
  if (projected !== undefined) {
    const sources = projected.sources?.map(defaultProjection)
    return { ...volume, projected: mode(sources === undefined ? projected : { ...projected, sources }) }
  }
  if (image !== undefined) {
    return { ...volume, image: { ...image, pullPolicy: image.pullPolicy ?? defaultPullPolicy(image.reference ?? '') } }
  }
  if (rbd !== undefined) return { ...volume, rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring', ...rbd } }
  if (iscsi !== undefined) return { ...volume, iscsi: { iscsiInterface: 'default', ...iscsi } }
  const template = ephemeral?.volumeClaimTemplate
  if (template === undefined) return volume
  const spec = { ...template.spec, volumeMode: template.spec?.volumeMode ?? ('Filesystem' as const) }
  return { ...volume, ephemeral: { ...ephemeral, volumeClaimTemplate: { ...template, spec } } }
}

function defaultFile(file: Draft<DownwardAPIFile>): Draft<DownwardAPIFile> {
  const { fieldRef, resourceFieldRef } = file
  if (fieldRef !== undefined) return { ...file, fieldRef: { apiVersion: 'v1', ...fieldRef } }
  if (resourceFieldRef === undefined) return file
  return { ...file, resourceFieldRef: { ...resourceFieldRef, divisor: resourceFieldRef.divisor ?? '0' } }
}

function defaultProjection(source: Draft<VolumeProjection>): Draft<VolumeProjection> {
  const { downwardAPI, serviceAccountToken } = source
  return {
    ...source,
    ...(downwardAPI?.items === undefined
      ? {}
      : { downwardAPI: { ...downwardAPI, items: downwardAPI.items.map(defaultFile) } }),
    ...(serviceAccountToken === undefined
      ? {}
      : {
          serviceAccountToken: {
            ...serviceAccountToken,
            expirationSeconds: serviceAccountToken.expirationSeconds ?? TOKEN_SECONDS,
          },
        }),
  }
}
