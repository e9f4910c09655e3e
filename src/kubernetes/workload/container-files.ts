/** What a container finds around it: its environment, and the files that its Pod mounts. */
import type { Container, EnvVarSource, KeySelector } from '../types/container.ts'
import type { ConfigMap, Secret } from '../types/core.ts'
import type { Service, ServicePort } from '../types/networking.ts'
import type { Pod } from '../types/pod.ts'
import type { DownwardAPIFile, KeyToPath, Volume, VolumeProjection } from '../types/volume.ts'
import { textOfBase64 } from './byte-text.ts'

/** Where the API server and cluster DNS are found from inside. */
export interface ClusterAddresses {
  readonly apiServer: string
  readonly dns: string
}

export interface ConfigReader {
  configMap(name: string): ConfigMap | undefined
  secret(name: string): Secret | undefined
}

export interface ContainerPlace {
  readonly pod: Pod
  readonly container: Container
  readonly config: ConfigReader
  readonly addresses: ClusterAddresses
  /** Services of its namespace that were there when it was started, in order of name. */
  readonly services: readonly Service[]
}

type Entries = readonly (readonly [string, string])[]

const configMapEntries = ({ data = {} }: ConfigMap): Entries => Object.entries(data)
/** Mounted, not among the variables. Source: pkg/volume/configmap/configmap.go, MakePayload (v1.36). */
const binaryEntries = ({ binaryData = {} }: ConfigMap): Entries =>
  Object.entries(binaryData).map(([key, value]) => [key, textOfBase64(value)])
const secretEntries = ({ data = {} }: Pick<Secret, 'data'>): Entries =>
  Object.entries(data).map(([key, value]) => [key, textOfBase64(value)])

const API_PORTS = [{ name: 'https', port: 443 }] as const

/** Source: pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables (v1.36). */
export const environmentOf = ({ pod, container, config, addresses, services }: ContainerPlace): Map<string, string> => {
  const variables = new Map<string, string>([
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['HOSTNAME', pod.spec.hostname ?? pod.metadata.name],
    ['HOME', '/root'],
    ...serviceVariables('kubernetes', addresses.apiServer, API_PORTS),
  ])
  if (pod.spec.enableServiceLinks !== false) {
    for (const { metadata, spec } of services) {
      const { clusterIP = 'None', ports = [] } = spec
      if (clusterIP === 'None' || clusterIP === '') continue
      for (const [name, value] of serviceVariables(metadata.name, clusterIP, ports)) variables.set(name, value)
    }
  }
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const map = configMapRef?.name === undefined ? undefined : config.configMap(configMapRef.name)
    const secret = secretRef?.name === undefined ? undefined : config.secret(secretRef.name)
    const entries = [
      ...(map === undefined ? [] : configMapEntries(map)),
      ...(secret === undefined ? [] : secretEntries(secret)),
    ]
    for (const [key, value] of entries) variables.set(prefix + key, value)
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const given =
      valueFrom === undefined ? expanded(value ?? '', variables) : valueOf(valueFrom, pod, container, config)
    if (given !== undefined) variables.set(name, given)
  }
  return variables
}

/**
 * What Docker's links were: `WEB_SERVICE_HOST`, `WEB_PORT_80_TCP_ADDR`, … Source: pkg/kubelet/envvars/envvars.go,
 * FromServices and makeLinkVariables (v1.36).
 */
const serviceVariables = (name: string, address: string, ports: readonly LinkedPort[]): Entries => {
  const prefix = variableName(name)
  const [first] = ports
  if (first === undefined) return []
  const urlOf = ({ protocol = 'TCP', port }: LinkedPort): string => `${protocol.toLowerCase()}://${address}:${port}`
  return [
    [`${prefix}_SERVICE_HOST`, address],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...ports
      .filter((one) => (one.name ?? '') !== '')
      .map((one) => [`${prefix}_SERVICE_PORT_${variableName(one.name ?? '')}`, String(one.port)] as const),
    [`${prefix}_PORT`, urlOf(first)],
    ...ports.flatMap((one) => {
      const protocol = one.protocol ?? 'TCP'
      const link = `${prefix}_PORT_${one.port}_${protocol}`
      return [
        [link, urlOf(one)],
        [`${link}_PROTO`, protocol.toLowerCase()],
        [`${link}_PORT`, String(one.port)],
        [`${link}_ADDR`, address],
      ] as const
    }),
  ]
}

type LinkedPort = Pick<ServicePort, 'name' | 'protocol' | 'port'>

const variableName = (name: string): string => name.toUpperCase().replaceAll('-', '_')

/** `$(NAME)` stands for a variable before it. Source: third_party/forked/golang/expansion/expand.go. */
export const expanded = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replace(/\$(\$|\(([^)]+)\))/g, (whole, what: string, name: string | undefined) =>
    what === '$' ? '$' : (variables.get(name ?? '') ?? whole),
  )

const valueOf = (source: EnvVarSource, pod: Pod, container: Container, config: ConfigReader): string | undefined => {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source
  if (fieldRef !== undefined) return fieldOf(pod, fieldRef.fieldPath)
  if (resourceFieldRef !== undefined) return resourceOf(container, resourceFieldRef.resource)
  if (configMapKeyRef !== undefined) return keyOf(configMapKeyRef, config.configMap(configMapKeyRef.name ?? '')?.data)
  if (secretKeyRef === undefined) return undefined
  const encoded = keyOf(secretKeyRef, config.secret(secretKeyRef.name ?? '')?.data)
  return encoded === undefined ? undefined : textOfBase64(encoded)
}

const keyOf = ({ key }: KeySelector, data: Readonly<Record<string, string>> | undefined): string | undefined =>
  data?.[key]

/** Abridged: the quantity as it is written, without divisor; limits that are absent are empty. */
const resourceOf = ({ resources }: Container, resource: string): string => {
  const [side = '', name = ''] = resource.split('.')
  const list = side === 'requests' ? resources?.requests : resources?.limits
  return String(list?.[name] ?? '')
}

/** Source: pkg/fieldpath/fieldpath.go, ExtractFieldPathAsString (v1.36). */
const fieldOf = ({ metadata, spec, status }: Pod, path: string): string => {
  const subscript = /^metadata\.(labels|annotations)(?:\['(.*)'\])?$/.exec(path)
  if (subscript !== null) {
    const map = (subscript[1] === 'labels' ? metadata.labels : metadata.annotations) ?? {}
    if (subscript[2] !== undefined) return map[subscript[2]] ?? ''
    return Object.keys(map)
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      .map((key) => `${key}=${JSON.stringify(map[key])}`)
      .join('\n')
  }
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': status?.podIP,
    'status.podIPs': (status?.podIPs ?? []).map(({ ip }) => ip).join(','),
    'status.hostIP': status?.hostIP,
    'status.hostIPs': (status?.hostIPs ?? []).map(({ ip }) => ip).join(','),
  }
  return fields[path] ?? ''
}

export interface ContainerFiles {
  readonly files: Map<string, string>
  readonly directories: ReadonlySet<string>
  readonly readOnly: (path: string) => boolean
}

const DIRECTORIES = ['/', '/bin', '/dev', '/etc', '/home', '/proc', '/root', '/sys', '/tmp', '/usr', '/var']

export const filesOf = (place: ContainerPlace): ContainerFiles => {
  const { pod, container } = place
  const files = new Map(systemFiles(place))
  const directories = new Set(DIRECTORIES)
  const readOnly: string[] = []
  for (const { name, mountPath, subPath, readOnly: only } of container.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find((one) => one.name === name)
    if (volume === undefined) continue
    const entries = contentOf(volume, place)
    const root = mountPath.replace(/\/+$/, '')
    if (subPath === undefined) directories.add(root)
    if (only === true || entries !== undefined) readOnly.push(root)
    for (const [path, text] of entries ?? []) {
      if (subPath === undefined) files.set(`${root}/${path}`, text)
      else if (path === subPath) files.set(root, text)
    }
  }
  return {
    files,
    directories,
    readOnly: (path) => readOnly.some((root) => path === root || path.startsWith(`${root}/`)),
  }
}

const systemFiles = ({ pod, addresses }: ContainerPlace): Entries => {
  const name = pod.spec.hostname ?? pod.metadata.name
  const namespace = pod.metadata.namespace ?? 'default'
  const search = `${namespace}.svc.cluster.local svc.cluster.local cluster.local`
  return [
    ['/etc/hostname', `${name}\n`],
    ['/etc/hosts', `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n${pod.status?.podIP ?? ''}\t${name}\n`],
    ['/etc/resolv.conf', `search ${search}\nnameserver ${addresses.dns}\noptions ndots:5\n`],
  ]
}

/** Undefined for volumes that begin empty. */
const contentOf = (volume: Volume, place: ContainerPlace): Entries | undefined => {
  const { configMap, secret, downwardAPI, projected } = volume
  if (configMap !== undefined) return projectedEntries({ configMap }, place)
  if (secret !== undefined) return projectedEntries({ secret: { name: secret.secretName, items: secret.items } }, place)
  if (downwardAPI !== undefined) return projectedEntries({ downwardAPI }, place)
  return projected?.sources?.flatMap((source) => projectedEntries(source, place))
}

const projectedEntries = (source: VolumeProjection, { pod, container, config }: ContainerPlace): Entries => {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source
  if (configMap !== undefined) {
    const found = config.configMap(configMap.name ?? '')
    return found === undefined ? [] : chosen([...configMapEntries(found), ...binaryEntries(found)], configMap.items)
  }
  if (secret !== undefined) {
    const found = config.secret(secret.name ?? '')
    return found === undefined ? [] : chosen(secretEntries(found), secret.items)
  }
  if (downwardAPI !== undefined)
    return (downwardAPI.items ?? []).map((item) => [item.path, downward(item, pod, container)])
  // Abridged: the token is no token that the API server takes.
  return serviceAccountToken === undefined
    ? []
    : [[serviceAccountToken.path, `token-of-${pod.spec.serviceAccountName ?? 'default'}`]]
}

const downward = ({ fieldRef, resourceFieldRef }: DownwardAPIFile, pod: Pod, container: Container): string =>
  fieldRef !== undefined ? fieldOf(pod, fieldRef.fieldPath) : resourceOf(container, resourceFieldRef?.resource ?? '')

const chosen = (entries: Entries, items: readonly KeyToPath[] | undefined): Entries =>
  items === undefined
    ? entries
    : items.flatMap(({ key, path }) =>
        entries.filter(([name]) => name === key).map(([, text]) => [path, text] as const),
      )
