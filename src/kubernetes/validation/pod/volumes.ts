/**
 * A Pod's volumes and where containers mount them.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidateVolumes and ValidateVolumeMounts (v1.36).
 * Abridged: sources of clouds and old network storage are only counted, their own fields aren't looked at.
 */
import { either } from 'fp-ts'
import type { Container } from '../../types/container.ts'
import type { DownwardAPIFile, KeyToPath, Volume, VolumeProjection } from '../../types/volume.ts'
import type { Draft } from '../../draft.ts'
import { parseQuantity } from '../../quantity.ts'
import { isDNS1123Label } from '../../syntax.ts'
import { FieldErrors } from '../field-error.ts'
import { validateFieldRef, validateResourceRef, VOLUME_FIELDS } from './env.ts'

/** In the order in which upstream looks; the second one found is the one too many. */
const SOURCES = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'azureDisk',
  'vsphereVolume',
  'portworxVolume',
  'scaleIO',
  'projected',
  'csi',
  'ephemeral',
  'image',
] as const

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

/** Complains, and gives the names that mounts may use: those of volumes without fault. */
export function validateVolumes(
  volumes: readonly Draft<Volume>[] | undefined,
  at: string,
  errors: FieldErrors,
): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [i, volume] of (volumes ?? []).entries()) {
    const here = `${at}[${i}]`
    const own = new FieldErrors()
    validateSource(volume, here, own)
    const { name = '' } = volume
    if (name === '') own.required(`${here}.name`)
    else own.invalids(`${here}.name`, name, isDNS1123Label(name))
    if (names.has(name)) own.duplicate(`${here}.name`, name)
    if (own.list.length === 0) names.add(name)
    else errors.list.push(...own.list)
  }
  return names
}

function validateSource(volume: Draft<Volume>, at: string, errors: FieldErrors): void {
  let found = false
  for (const source of SOURCES) {
    if (volume[source] === undefined) continue
    if (found) errors.forbidden(`${at}.${source}`, 'may not specify more than 1 volume type')
    else validateOne(volume, source, `${at}.${source}`, errors)
    found = true
  }
  if (!found) errors.required(at, 'must specify a volume type')
}

function validateOne(volume: Draft<Volume>, source: (typeof SOURCES)[number], at: string, errors: FieldErrors): void {
  switch (source) {
    case 'emptyDir': {
      const limit = parseQuantity(volume.emptyDir?.sizeLimit ?? '0')
      if (either.isRight(limit) && limit.right.nanos < 0n) {
        errors.forbidden(`${at}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')
      }
      return
    }
    case 'hostPath':
      return validateHostPath(volume.hostPath?.path ?? '', volume.hostPath?.type, at, errors)
    case 'secret':
      if ((volume.secret?.secretName ?? '') === '') errors.required(`${at}.secretName`)
      validateMode(volume.secret?.defaultMode, `${at}.defaultMode`, errors)
      return validateItems(volume.secret?.items, at, errors)
    case 'configMap':
      if ((volume.configMap?.name ?? '') === '') errors.required(`${at}.name`)
      validateMode(volume.configMap?.defaultMode, `${at}.defaultMode`, errors)
      return validateItems(volume.configMap?.items, at, errors)
    case 'persistentVolumeClaim':
      if ((volume.persistentVolumeClaim?.claimName ?? '') === '') errors.required(`${at}.claimName`)
      return
    case 'nfs':
      return validateNfs(volume.nfs ?? {}, at, errors)
    case 'gitRepo':
      if ((volume.gitRepo?.repository ?? '') === '') errors.required(`${at}.repository`)
      return
    case 'downwardAPI':
      validateMode(volume.downwardAPI?.defaultMode, `${at}.defaultMode`, errors)
      return validateDownwardFiles(volume.downwardAPI?.items, at, errors)
    case 'projected':
      validateMode(volume.projected?.defaultMode, `${at}.defaultMode`, errors)
      return validateProjections(volume.projected?.sources, `${at}.sources`, errors)
    case 'csi':
      if ((volume.csi?.driver ?? '') === '') errors.required(`${at}.driver`)
      return
    case 'ephemeral':
      if (volume.ephemeral?.volumeClaimTemplate === undefined) errors.required(`${at}.volumeClaimTemplate`)
      return
    default:
  }
}

export function validateHostPath(path: string, type: string | undefined, at: string, errors: FieldErrors): void {
  if (path === '') errors.required(`${at}.path`)
  else {
    noBacksteps(path, `${at}.path`, errors)
    if (type !== undefined && !HOST_PATH_TYPES.includes(type)) errors.unsupported(`${at}.type`, type, HOST_PATH_TYPES)
  }
}

export function validateNfs(
  { server = '', path = '' }: { readonly server?: string; readonly path?: string },
  at: string,
  errors: FieldErrors,
): void {
  if (server === '') errors.required(`${at}.server`)
  if (path === '') errors.required(`${at}.path`)
  if (!path.startsWith('/')) errors.invalid(`${at}.path`, path, 'must be an absolute path')
}

export function noBacksteps(path: string, at: string, errors: FieldErrors): void {
  if (path.split('/').includes('..')) errors.invalid(at, path, "must not contain '..'")
}

function validateMode(mode: number | undefined, at: string, errors: FieldErrors): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) {
    errors.invalid(at, mode, 'must be a number between 0 and 0777 (octal), both inclusive')
  }
}

function validateItems(items: readonly Draft<KeyToPath>[] | undefined, at: string, errors: FieldErrors): void {
  for (const [i, { key = '', path = '', mode }] of (items ?? []).entries()) {
    const here = `${at}.items[${i}]`
    if (key === '') errors.required(`${here}.key`)
    if (path === '') errors.required(`${here}.path`)
    validateRelativePath(path, `${here}.path`, errors)
    if (path.startsWith('..') && !path.startsWith('../') && path !== '..') {
      errors.invalid(`${here}.path`, path, "must not start with '..'")
    }
    validateMode(mode, `${here}.mode`, errors)
  }
}

function validateDownwardFiles(
  files: readonly Draft<DownwardAPIFile>[] | undefined,
  at: string,
  errors: FieldErrors,
): void {
  for (const { path = '', fieldRef, resourceFieldRef, mode } of files ?? []) {
    if (path === '') errors.required(`${at}.path`)
    validateRelativePath(path, `${at}.path`, errors)
    if (fieldRef !== undefined) {
      validateFieldRef(fieldRef, VOLUME_FIELDS, `${at}.fieldRef`, errors)
      if (resourceFieldRef !== undefined) {
        errors.invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')
      }
    } else if (resourceFieldRef !== undefined) {
      validateResourceRef(resourceFieldRef, true, `${at}.resourceFieldRef`, errors)
    } else errors.required(at, 'one of fieldRef and resourceFieldRef is required')
    validateMode(mode, `${at}.mode`, errors)
  }
}

function validateProjections(
  sources: readonly Draft<VolumeProjection>[] | undefined,
  at: string,
  errors: FieldErrors,
): void {
  for (const [i, source] of (sources ?? []).entries()) {
    const here = `${at}[${i}]`
    for (const field of ['secret', 'configMap'] as const) {
      const given = source[field]
      if (given === undefined) continue
      if ((given.name ?? '') === '') errors.required(`${here}.${field}.name`)
      validateItems(given.items, `${here}.${field}`, errors)
    }
    if (source.downwardAPI !== undefined) {
      validateDownwardFiles(source.downwardAPI.items, `${here}.downwardAPI`, errors)
    }
    const token = source.serviceAccountToken
    if (token === undefined) continue
    const seconds = token.expirationSeconds
    if (seconds !== undefined && seconds < 600) {
      errors.invalid(
        `${here}.serviceAccountToken.expirationSeconds`,
        seconds,
        'may not specify a duration less than 10 minutes',
      )
    }
    if ((token.path ?? '') === '') errors.required(`${here}.serviceAccountToken.path`)
  }
}

export function validateRelativePath(path: string, at: string, errors: FieldErrors): void {
  if (path.startsWith('/')) errors.invalid(at, path, 'must be a relative path')
  noBacksteps(path, at, errors)
}

export function validateVolumeMounts(
  container: Draft<Container>,
  volumes: ReadonlySet<string>,
  at: string,
  errors: FieldErrors,
): void {
  const paths = new Set<string>()
  const devices = new Set((container.volumeDevices ?? []).map((device) => device.devicePath))
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const here = `${at}[${i}]`
    const { name = '', mountPath = '', subPath = '', subPathExpr = '' } = mount
    if (name === '') errors.required(`${here}.name`)
    if (!volumes.has(name)) errors.notFound(`${here}.name`, name)
    if (mountPath === '') errors.required(`${here}.mountPath`)
    if (paths.has(mountPath)) errors.invalid(`${here}.mountPath`, mountPath, 'must be unique')
    paths.add(mountPath)
    if (devices.has(mountPath)) {
      errors.invalid(`${here}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices')
    }
    if (subPath !== '') validateRelativePath(subPath, `${here}.subPath`, errors)
    if (subPathExpr !== '') {
      if (subPath !== '') {
        errors.invalid(`${here}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')
      }
      validateRelativePath(subPathExpr, `${here}.subPathExpr`, errors)
    }
    validatePropagation(mount.mountPropagation, container, `${here}.mountPropagation`, errors)
  }
}

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None']

function validatePropagation(mode: string | undefined, container: Draft<Container>, at: string, errors: FieldErrors) {
  if (mode === undefined) return
  if (!PROPAGATIONS.includes(mode)) errors.unsupported(at, mode, PROPAGATIONS)
  if (mode === 'Bidirectional' && container.securityContext?.privileged !== true) {
    errors.forbidden(at, 'Bidirectional mount propagation is available only to privileged containers')
  }
}
