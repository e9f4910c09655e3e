/** What an image's name says: how large it is, and what kind of program is in it. */
import type { Micros } from '../../events/envelope.ts'
import { millis } from '../../events/time.ts'
import { fnv32a } from '../hash.ts'

/** `pause` does nothing, a tool does what its command says, a database starts slowly, all else serves. */
export type Program = 'pause' | 'tool' | 'database' | 'server'

const TOOLS: ReadonlySet<string> = new Set(
  'busybox alpine ubuntu debian centos fedora bash curl perl git kubectl jq rockylinux amazonlinux'.split(' '),
)
const DATABASES: ReadonlySet<string> = new Set(
  (
    'postgres postgresql mysql mariadb mongo mongodb etcd cassandra elasticsearch opensearch kafka rabbitmq zookeeper ' +
    'cockroach clickhouse-server minio nats influxdb neo4j'
  ).split(' '),
)

/** `registry.k8s.io/pause:3.10` is `pause`. */
export const shortName = (image: string): string => {
  const path = image.slice(image.lastIndexOf('/') + 1)
  const end = path.search(/[:@]/)
  return end < 0 ? path : path.slice(0, end)
}

export const programIn = (image: string): Program => {
  const name = shortName(image)
  if (name.startsWith('pause')) return 'pause'
  if (TOOLS.has(name)) return 'tool'
  return DATABASES.has(name) ? 'database' : 'server'
}

/** With its tag, as the runtime knows it. Source: pkg/kubelet/images/image_manager.go, applyDefaultImageTag. */
export const withTag = (image: string): string => {
  const path = image.slice(image.lastIndexOf('/') + 1)
  return /[:@]/.test(path) ? image : `${image}:latest`
}

/** As the runtime reports it: with registry, path and tag. Source: distribution/reference, ParseDockerRef. */
export const normalizedImage = (image: string): string => {
  const tagged = withTag(image)
  const slash = tagged.indexOf('/')
  const first = slash < 0 ? '' : tagged.slice(0, slash)
  if (first.includes('.') || first.includes(':') || first === 'localhost') return tagged
  return slash < 0 ? `docker.io/library/${tagged}` : `docker.io/${tagged}`
}

/** Names seen before: a cluster uses few images, and each status of each container names one. */
const CACHE_LIMIT = 4_096
const references = new Map<string, string>()

/** By digest: what a container status calls `imageID`. */
export const imageReference = (image: string): string => {
  const known = references.get(image)
  if (known !== undefined) return known
  const made = makeReference(image)
  if (references.size >= CACHE_LIMIT) references.clear()
  references.set(image, made)
  return made
}

const makeReference = (image: string): string => {
  const normalized = normalizedImage(image)
  const path = normalized.slice(normalized.lastIndexOf('/') + 1)
  const end = path.search(/[:@]/)
  const repository = end < 0 ? normalized : normalized.slice(0, normalized.length - path.length + end)
  return `${repository}@${imageDigest(normalized)}`
}

/** An image reference that a runtime can read: lower-case path, then a tag or digest. */
export const isImageName = (image: string): boolean =>
  /^[a-z0-9][a-z0-9._:-]*(\/[a-z0-9][a-z0-9._-]*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[a-f0-9]{64})?$/.test(
    image,
  )

const MIB = 1024 * 1024

/** Bytes of an image, always the same for one name: 5 to 400 MiB; pause and tools are small. */
export const imageBytes = (image: string): number => {
  const program = programIn(image)
  if (program === 'pause') return 320_000
  const hash = fnv32a(image)
  return program === 'tool' ? (2 + (hash % 30)) * MIB : (5 + (hash % 396)) * MIB
}

/** Time of its pull on an idle link: a second and the bytes at about 35 MiB/s, so 1 to 12 s. */
export const pullTime = (image: string): Micros =>
  millis(1_000) + Math.floor(imageBytes(image) / 36) + (fnv32a(image) % 1_000)

/** The digest by which the runtime knows an image. */
export const imageDigest = (image: string): string => {
  let digest = ''
  for (let part = 0; part < 8; part++) digest += fnv32a(`${image}#${part}`).toString(16).padStart(8, '0')
  return `sha256:${digest}`
}
