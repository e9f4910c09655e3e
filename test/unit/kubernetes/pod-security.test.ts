/**
 * Goal: each level of the Pod Security Standards refuses what it should and nothing else, by the version it is asked for.
 * Method: one Pod that is fine at the strictest level, changed in one respect at a time.
 */
import { describe, expect, test } from 'vitest'
import {
  isStricter,
  policyLabelErrors,
  policyOf,
  violations,
  violationText,
  type Level,
} from '../../../src/kubernetes/pod-security/standards.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import type { PodSpec } from '../../../src/kubernetes/types/pod.ts'

const strict: Container = {
  name: 'c',
  image: 'i',
  securityContext: {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
}

const told = (level: Level, spec: Partial<PodSpec>, version: number | 'latest' = 'latest'): string =>
  violationText(violations({ level, version }, { annotations: {}, spec: { containers: [strict], ...spec } }))

const with_ = (securityContext: Container['securityContext']): Partial<PodSpec> => ({
  containers: [{ ...strict, securityContext: { ...strict.securityContext, ...securityContext } }],
})

test('a strict Pod passes every level', () => {
  expect(told('baseline', {})).toBe('')
  expect(told('restricted', {})).toBe('')
})

describe('baseline', () => {
  test.each([
    [{ hostPID: true, hostIPC: true }, 'host namespaces (hostPID=true, hostIPC=true)'],
    [with_({ privileged: true }), 'privileged (container "c" must not set securityContext.privileged=true)'],
    [
      with_({ procMount: 'Unmasked' }),
      'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ],
    [
      {
        volumes: [
          { name: 'a', hostPath: { path: '/' } },
          { name: 'b', hostPath: { path: '/b' } },
        ],
      },
      'hostPath volumes (volumes "a", "b")',
    ],
    [
      {
        containers: [
          {
            ...strict,
            ports: [
              { containerPort: 1, hostPort: 81 },
              { containerPort: 2, hostPort: 80 },
            ],
          },
        ],
      },
      'hostPorts (container "c" uses hostPorts 80, 81)',
    ],
    [{ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] } }, ''],
    [{ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, 'forbidden sysctls (kernel.msgmax)'],
    [
      { securityContext: { windowsOptions: { hostProcess: true } } },
      'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [with_({ runAsUser: 0 }), ''],
  ])('%o: %s', (spec, text) => {
    expect(told('baseline', spec)).toBe(text)
  })
})

describe('restricted', () => {
  test.each([
    [with_({ runAsUser: 0 }), 'runAsUser=0 (container "c" must not set runAsUser=0)'],
    [
      with_({ runAsNonRoot: false }),
      'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
    ],
    [
      { volumes: [{ name: 'n', nfs: { server: 's', path: '/' } }] },
      'restricted volume types (volume "n" uses restricted volume type "nfs")',
    ],
    [with_({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }), ''],
  ])('%o: %s', (spec, text) => {
    expect(told('restricted', spec)).toBe(text)
  })

  test('does not ask of Windows what only Linux has', () => {
    const windows = {
      os: { name: 'windows' as const },
      containers: [{ name: 'c', securityContext: { runAsNonRoot: true } }],
    }
    expect(told('restricted', windows)).toBe('')
  })

  test('as of an old version knows only what it had then', () => {
    expect(told('restricted', with_({ runAsUser: 0 }), 22)).toBe('')
    expect(told('restricted', with_({ runAsUser: 0 }), 23)).not.toBe('')
  })
})

test('labels: what is enforced is warned of; wrong values are told', () => {
  const enforced = policyOf({ 'pod-security.kubernetes.io/enforce': 'baseline' })
  expect(enforced.warn).toEqual({ level: 'baseline', version: 'latest' })
  expect(enforced.audit.level).toBe('privileged')
  const own = policyOf({
    'pod-security.kubernetes.io/enforce': 'baseline',
    'pod-security.kubernetes.io/warn': 'restricted',
  })
  expect(own.warn.level).toBe('restricted')
  expect(policyLabelErrors({ 'pod-security.kubernetes.io/audit': 'x' }).map(({ field }) => field)).toEqual([
    'metadata.labels[pod-security.kubernetes.io/audit]',
  ])
  expect(isStricter(own.warn, own.enforce)).toBe(true)
  expect(isStricter(own.enforce, own.warn)).toBe(false)
})
