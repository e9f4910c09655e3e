/** The checks of level `baseline`. Source: staging/src/k8s.io/pod-security-admission/policy/check_*.go (v1.36). */
import type { Container, LifecycleHandler, Probe } from '../types/container.ts'
import {
  containersOf,
  containerText,
  namesWhere,
  plural,
  quoted,
  setters,
  sorted,
  type Check,
  type Subject,
} from './subject.ts'

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

const SAFE_SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
])

const SELINUX_TYPES: ReadonlySet<string> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
])
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/'

const appArmor: Check = {
  id: 'appArmorProfile',
  since: 0,
  run(subject) {
    const bad = (type: string | undefined): boolean =>
      type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'
    const values: string[] = []
    const own = subject.spec.securityContext?.appArmorProfile?.type
    if (own !== undefined && bad(own)) values.push(own)
    const names = namesWhere(subject, ({ securityContext }) => {
      const type = securityContext?.appArmorProfile?.type
      if (type !== undefined && bad(type)) values.push(type)
      return bad(type)
    })
    const annotations = Object.entries(subject.annotations).filter(
      ([key, value]) =>
        key.startsWith(APPARMOR) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'),
    )
    if (values.length + annotations.length === 0) return undefined
    const who = setters(bad(own), names)
    const forbidden = annotations.map(([key, value]) => `${key}=${JSON.stringify(value)}`).sort()
    return {
      reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length + annotations.length),
      detail: [
        ...(who === '' ? [] : [`${who} must not set AppArmor profile type to ${quoted(sorted(values))}`]),
        ...(forbidden.length === 0
          ? []
          : [`${plural('annotation', 'annotations', forbidden.length)} ${forbidden.join(', ')}`]),
      ].join(' and '),
    }
  },
}

const capabilities: Check = {
  id: 'capabilities_baseline',
  since: 0,
  run(subject) {
    const added: string[] = []
    const names = namesWhere(subject, ({ securityContext }) => {
      const bad = (securityContext?.capabilities?.add ?? []).filter((name) => !DEFAULT_CAPABILITIES.has(name))
      added.push(...bad)
      return bad.length > 0
    })
    if (names.length === 0) return undefined
    const detail = `${containerText(names)} must not include ${quoted(sorted(added))} in securityContext.capabilities.add`
    return { reason: 'non-default capabilities', detail }
  },
}

const hostNamespaces: Check = {
  id: 'hostNamespaces',
  since: 0,
  run({ spec }) {
    const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name] === true)
    if (used.length === 0) return undefined
    return { reason: 'host namespaces', detail: used.map((name) => `${name}=true`).join(', ') }
  },
}

const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  since: 0,
  run({ spec }) {
    const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name)
    if (names.length === 0) return undefined
    return { reason: 'hostPath volumes', detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}` }
  },
}

const hostPorts: Check = {
  id: 'hostPorts',
  since: 0,
  run(subject) {
    const ports: number[] = []
    const names = namesWhere(subject, (container) => {
      const own = (container.ports ?? []).flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [hostPort]))
      ports.push(...own)
      return own.length > 0
    })
    if (names.length === 0) return undefined
    const texts = sorted(ports.map(String))
    const word = plural('hostPort', 'hostPorts', texts.length)
    const use = plural('uses', 'use', names.length)
    return { reason: word, detail: `${containerText(names)} ${use} ${word} ${texts.join(', ')}` }
  },
}

const LOCAL: ReadonlySet<string> = new Set(['', '127.0.0.1', '::1'])

const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): readonly string[] => {
  const handlers: readonly (Probe | LifecycleHandler | undefined)[] = [
    livenessProbe,
    readinessProbe,
    startupProbe,
    lifecycle?.postStart,
    lifecycle?.preStop,
  ]
  return handlers
    .flatMap((handler) => [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''])
    .filter((host) => !LOCAL.has(host))
}

const hostProbes: Check = {
  id: 'hostProbesAndHostLifecycle',
  since: 34,
  run(subject) {
    const hosts = sorted(containersOf(subject).flatMap(hostsOf))
    const names = namesWhere(subject, (container) => hostsOf(container).length > 0)
    if (names.length === 0) return undefined
    const use = plural('uses', 'use', names.length)
    const word = plural('probe or lifecycle host', 'probe or lifecycle hosts', hosts.length)
    return { reason: 'probe or lifecycle host', detail: `${containerText(names)} ${use} ${word} ${quoted(hosts)}` }
  },
}

const privileged: Check = {
  id: 'privileged',
  since: 0,
  run(subject) {
    const names = namesWhere(subject, ({ securityContext }) => securityContext?.privileged === true)
    if (names.length === 0) return undefined
    return { reason: 'privileged', detail: `${containerText(names)} must not set securityContext.privileged=true` }
  },
}

const procMount: Check = {
  id: 'procMount',
  since: 0,
  run(subject) {
    if (subject.spec.hostUsers === false) return undefined
    const values: string[] = []
    const names = namesWhere(subject, ({ securityContext }) => {
      const mount = securityContext?.procMount ?? 'Default'
      if (mount !== 'Default') values.push(mount)
      return mount !== 'Default'
    })
    if (names.length === 0) return undefined
    const detail = `${containerText(names)} must not set securityContext.procMount to ${quoted(sorted(values))}`
    return { reason: 'procMount', detail }
  },
}

const seLinux: Check = {
  id: 'seLinuxOptions',
  since: 0,
  run(subject) {
    const types: string[] = []
    let user = false
    let role = false
    const isBad = (options: Readonly<Record<string, string>> | undefined): boolean => {
      const type = options?.['type'] ?? ''
      const badType = !SELINUX_TYPES.has(type)
      if (badType) types.push(type)
      const badUser = (options?.['user'] ?? '') !== ''
      const badRole = (options?.['role'] ?? '') !== ''
      user ||= badUser
      role ||= badRole
      return badType || badUser || badRole
    }
    const pod = isBad(subject.spec.securityContext?.seLinuxOptions)
    const names = namesWhere(subject, ({ securityContext }) => isBad(securityContext?.seLinuxOptions))
    if (!pod && names.length === 0) return undefined
    const details = [
      ...(types.length === 0 ? [] : [`${plural('type', 'types', sorted(types).length)} ${quoted(sorted(types))}`]),
      ...(user ? ['user may not be set'] : []),
      ...(role ? ['role may not be set'] : []),
    ]
    const detail = `${setters(pod, names)} set forbidden securityContext.seLinuxOptions: ${details.join('; ')}`
    return { reason: 'seLinuxOptions', detail }
  },
}

/** Also part of the restricted check: what somebody has set. */
export function badSeccomp(subject: Subject): string | undefined {
  const values: string[] = []
  const isBad = (type: string | undefined): boolean => {
    const bad = type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'
    if (bad) values.push(type)
    return bad
  }
  const pod = isBad(subject.spec.securityContext?.seccompProfile?.type)
  const names = namesWhere(subject, ({ securityContext }) => isBad(securityContext?.seccompProfile?.type))
  if (values.length === 0) return undefined
  return `${setters(pod, names)} must not set securityContext.seccompProfile.type to ${quoted(sorted(values))}`
}

const seccomp: Check = {
  id: 'seccompProfile_baseline',
  since: 0,
  run(subject) {
    const detail = badSeccomp(subject)
    return detail === undefined ? undefined : { reason: 'seccompProfile', detail }
  },
}

const sysctls: Check = {
  id: 'sysctls',
  since: 0,
  run({ spec }) {
    const names = (spec.securityContext?.sysctls ?? [])
      .map(({ name }) => name)
      .filter((name) => !SAFE_SYSCTLS.has(name))
    return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') }
  },
}

const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  since: 0,
  run(subject) {
    const pod = subject.spec.securityContext?.windowsOptions?.hostProcess === true
    const names = namesWhere(subject, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true)
    if (!pod && names.length === 0) return undefined
    const detail = `${setters(pod, names)} must not set securityContext.windowsOptions.hostProcess=true`
    return { reason: 'hostProcess', detail }
  },
}

/** In the order of their ids, in which violations are told. */
export const BASELINE: readonly Check[] = [
  appArmor,
  capabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  privileged,
  procMount,
  seLinux,
  seccomp,
  sysctls,
  windowsHostProcess,
]
