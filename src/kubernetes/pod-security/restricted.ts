/** The checks that level `restricted` adds. Source: staging/src/k8s.io/pod-security-admission/policy/check_*.go (v1.36). */
import { badSeccomp } from './baseline.ts'
import { containerText, isWindows, namesWhere, plural, quoted, setters, sorted, type Check } from './subject.ts'

const VOLUME_TYPES: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
  'image',
])

const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  since: 8,
  run(subject) {
    if (isWindows(subject)) return undefined
    const names = namesWhere(subject, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
    if (names.length === 0) return undefined
    const detail = `${containerText(names)} must set securityContext.allowPrivilegeEscalation=false`
    return { reason: 'allowPrivilegeEscalation != false', detail }
  },
}

const capabilities: Check = {
  id: 'capabilities_restricted',
  since: 22,
  overrides: ['capabilities_baseline'],
  run(subject) {
    if (isWindows(subject)) return undefined
    const keeping = namesWhere(
      subject,
      ({ securityContext }) => !(securityContext?.capabilities?.drop ?? []).includes('ALL'),
    )
    const added: string[] = []
    const adding = namesWhere(subject, ({ securityContext }) => {
      const bad = (securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE')
      added.push(...bad)
      return bad.length > 0
    })
    const details = [
      ...(keeping.length === 0 ? [] : [`${containerText(keeping)} must set securityContext.capabilities.drop=["ALL"]`]),
      ...(adding.length === 0
        ? []
        : [`${containerText(adding)} must not include ${quoted(sorted(added))} in securityContext.capabilities.add`]),
    ]
    return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
  },
}

const volumes: Check = {
  id: 'restrictedVolumes',
  since: 0,
  overrides: ['hostPathVolumes'],
  run({ spec }) {
    const types: string[] = []
    const names = (spec.volumes ?? []).flatMap(({ name, ...source }) => {
      const [type] = Object.entries(source).find(([, value]) => value !== undefined) ?? ['emptyDir']
      if (VOLUME_TYPES.has(type)) return []
      types.push(type)
      return [name]
    })
    if (names.length === 0) return undefined
    const kinds = sorted(types)
    const use = plural('uses', 'use', names.length)
    const word = plural('restricted volume type', 'restricted volume types', kinds.length)
    const detail = `${plural('volume', 'volumes', names.length)} ${quoted(names)} ${use} ${word} ${quoted(kinds)}`
    return { reason: 'restricted volume types', detail }
  },
}

const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  since: 0,
  run(subject) {
    const own = subject.spec.securityContext?.runAsNonRoot
    const bad = namesWhere(subject, ({ securityContext }) => securityContext?.runAsNonRoot === false)
    const reason = 'runAsNonRoot != true'
    if (own === false || bad.length > 0) {
      return { reason, detail: `${setters(own === false, bad)} must not set securityContext.runAsNonRoot=false` }
    }
    const unset = namesWhere(subject, ({ securityContext }) => securityContext?.runAsNonRoot === undefined)
    if (own === true || unset.length === 0) return undefined
    return { reason, detail: `pod or ${containerText(unset)} must set securityContext.runAsNonRoot=true` }
  },
}

const runAsUser: Check = {
  id: 'runAsUser',
  since: 23,
  run(subject) {
    const pod = subject.spec.securityContext?.runAsUser === 0
    const names = namesWhere(subject, ({ securityContext }) => securityContext?.runAsUser === 0)
    if (!pod && names.length === 0) return undefined
    return { reason: 'runAsUser=0', detail: `${setters(pod, names)} must not set runAsUser=0` }
  },
}

const seccomp: Check = {
  id: 'seccompProfile_restricted',
  since: 19,
  overrides: ['seccompProfile_baseline'],
  run(subject) {
    if (isWindows(subject)) return undefined
    const explicit = badSeccomp(subject)
    if (explicit !== undefined) return { reason: 'seccompProfile', detail: explicit }
    if (subject.spec.securityContext?.seccompProfile !== undefined) return undefined
    const unset = namesWhere(subject, ({ securityContext }) => securityContext?.seccompProfile === undefined)
    if (unset.length === 0) return undefined
    const detail = `pod or ${containerText(unset)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`
    return { reason: 'seccompProfile', detail }
  },
}

/** In the order of their ids, in which violations are told. */
export const RESTRICTED: readonly Check[] = [
  allowPrivilegeEscalation,
  capabilities,
  volumes,
  runAsNonRoot,
  runAsUser,
  seccomp,
]
