/**
 * Requests that are sound but for a member or two: they get through decoding, and controllers, scheduler and kubelet meet what
 * validation let in.
 */
import fc from 'fast-check'
import { parseAllDocuments } from 'yaml'
import type { RawRequest } from './malformed.ts'

type Path = readonly (string | number)[]

const SOUND = `
{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {a: b}, annotations: {x: y}}, spec: {
  containers: [{name: c, image: nginx, command: [sleep], args: ['1'], ports: [{containerPort: 80, name: http}],
    env: [{name: A, value: b}, {name: N, valueFrom: {fieldRef: {fieldPath: metadata.name}}}],
    resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: '1', memory: 1Gi}},
    livenessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}, readinessProbe: {exec: {command: ['true']}},
    volumeMounts: [{name: v, mountPath: /v}], lifecycle: {preStop: {sleep: {seconds: 1}}}}],
  initContainers: [{name: i, image: busybox, restartPolicy: Always}],
  volumes: [{name: v, emptyDir: {sizeLimit: 1Gi}}], nodeSelector: {a: b}, tolerations: [{key: k, operator: Exists}],
  affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
    {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {a: b}}}]}},
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}],
  terminationGracePeriodSeconds: 5, priority: 0, restartPolicy: Always}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 2, minReadySeconds: 1, revisionHistoryLimit: 2,
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}, selector: {matchLabels: {a: b}},
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {replicas: 2, serviceName: a, podManagementPolicy: Parallel,
  selector: {matchLabels: {s: b}}, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}},
  template: {metadata: {labels: {s: b}}, spec: {containers: [{name: c, image: nginx}]}},
  volumeClaimTemplates: [{metadata: {name: d}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: a}, spec: {selector: {matchLabels: {d: b}},
  updateStrategy: {rollingUpdate: {maxUnavailable: 1}},
  template: {metadata: {labels: {d: b}}, spec: {containers: [{name: c, image: nginx}]}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {completions: 2, parallelism: 1, backoffLimit: 1, completionMode: Indexed,
  activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 1, podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: [3]}}]},
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {schedule: '*/1 * * * *', timeZone: Europe/Berlin, concurrencyPolicy: Replace,
  startingDeadlineSeconds: 10, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: {a: b}, type: NodePort, sessionAffinity: ClientIP,
  ports: [{name: http, port: 80, targetPort: http, nodePort: 30080, protocol: TCP}], externalIPs: [192.0.2.1]}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, finalizers: [x.io/y], ownerReferences: [{apiVersion: v1, kind: Pod, name: a, uid: u}]}, data: {k: v}, binaryData: {b: AAE=}, immutable: false}
---
{apiVersion: v1, kind: Secret, metadata: {name: a}, type: Opaque, stringData: {k: v}, data: {b: AAE=}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {a: b}}, spec: {finalizers: [kubernetes]}}
---
{apiVersion: v1, kind: Node, metadata: {name: a, labels: {kubernetes.io/hostname: a}}, spec: {taints: [{key: k, value: v, effect: NoExecute}], podCIDR: 10.244.9.0/24},
  status: {capacity: {cpu: '4', memory: 8Gi, pods: '110'}, conditions: [{type: Ready, status: 'True', reason: r, message: m}]}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {accessModes: [ReadWriteOnce], storageClassName: s, resources: {requests: {storage: 1Gi}}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: a}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /x}, claimRef: {namespace: default, name: a}}}
---
{apiVersion: v1, kind: ResourceQuota, metadata: {name: a}, spec: {hard: {pods: '100', requests.cpu: '10'}, scopes: [NotTerminating]}}
---
{apiVersion: v1, kind: LimitRange, metadata: {name: a}, spec: {limits: [{type: Container, default: {cpu: 200m}, max: {cpu: '2'}}]}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}, spec: {minAvailable: 50%, selector: {matchExpressions: [{key: a, operator: In, values: [b]}]}}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {minReplicas: 1, maxReplicas: 3,
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, behavior: {scaleDown: {stabilizationWindowSeconds: 1, policies: [{type: Pods, value: 1, periodSeconds: 1}]}},
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a, labels: {kubernetes.io/service-name: a}}, addressType: IPv4,
  endpoints: [{addresses: [10.0.0.9], conditions: {ready: true}, nodeName: n}], ports: [{name: http, port: 80}]}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {rules: [{host: x.io, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a}, rules: [{apiGroups: [''], resources: [pods], verbs: [get]}], aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}}
---
{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: a}, spec: {holderIdentity: h, leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z'}}
---
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: as.x.io}, spec: {group: x.io, scope: Namespaced, names: {plural: as, singular: a, kind: A, listKind: AList, shortNames: [aa]},
  versions: [{name: v1, served: true, storage: true, subresources: {status: {}, scale: {specReplicasPath: .spec.n, statusReplicasPath: .status.n}},
  additionalPrinterColumns: [{name: N, type: integer, jsonPath: .spec.n}],
  schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, required: [n], x-kubernetes-validations: [{rule: self.n > 0, message: m}],
  properties: {n: {type: integer, minimum: 0, default: 1}, s: {type: string, pattern: ^a+$}, m: {type: object, additionalProperties: {type: string}},
  l: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, required: [k], properties: {k: {type: string}}}}}}}}}}]}}
---
{apiVersion: x.io/v1, kind: A, metadata: {name: a}, spec: {n: 1, s: aa, m: {a: b}, l: [{k: a}]}}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: a}, spec: {failurePolicy: Ignore,
  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [secrets]}]},
  variables: [{name: n, expression: size(object.metadata.name)}], validations: [{expression: variables.n < 100, messageExpression: "'x'"}]}}
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: a}, value: 10, preemptionPolicy: Never}
`

const CLUSTER_WIDE = new Set(
  'Namespace Node PersistentVolume ClusterRole CustomResourceDefinition ValidatingAdmissionPolicy PriorityClass'.split(
    ' ',
  ),
)

/** Plurals that are not made with an `s`. */
const PLURALS: Readonly<Record<string, string>> = {
  Ingress: 'ingresses',
  PriorityClass: 'priorityclasses',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
}

interface Sound {
  readonly object: object
  readonly home: string
  readonly paths: readonly Path[]
}

const pathsIn = (value: unknown, at: Path = []): readonly Path[] =>
  typeof value === 'object' && value !== null
    ? [
        ...(at.length > 1 ? [at] : []),
        ...Object.entries(value).flatMap(([name, member]) => pathsIn(member, [...at, name])),
      ]
    : [at]

const sound: readonly Sound[] = parseAllDocuments(SOUND).map((document) => {
  const object = document.toJS() as { readonly apiVersion: string; readonly kind: string }
  const { apiVersion, kind } = object
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return {
    object,
    home: `${base}${CLUSTER_WIDE.has(kind) ? '' : '/namespaces/default'}/${plural}`,
    paths: pathsIn(object),
  }
})

const ODD: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    1,
    -1,
    2,
    100,
    1.5,
    65_536,
    2 ** 31,
    2 ** 53,
    '',
    'a',
    'b',
    'A',
    '0',
    '1',
    '-1',
    '100%',
    '-5%',
    '1Gi',
    '1e3',
    '10m',
  ],
  ...[
    'x'.repeat(64),
    'ä',
    '\u0000',
    '__proto__',
    'constructor',
    '.*',
    '*',
    '/',
    '..',
    '{}',
    '$(A)',
    '10.0.0.300',
    '::1',
    'Never',
    'Always',
    'None',
  ],
  ...[
    '2026-13-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '* * 31 2 *',
    'TZ=UTC * * * * *',
    'self.size() > 0',
    '[',
    '(a',
    'Exists',
    'NotIn',
  ],
  ...[
    [],
    {},
    [null],
    [{}],
    { a: null },
    ['a', 'a'],
    [['a']],
    { '': '' },
    { a: 'b' },
    Array.from({ length: 300 }, (_, i) => `e${i}`),
  ],
]

interface Mutation {
  readonly at: number
  readonly how: 'replace' | 'remove' | 'double'
  readonly odd: unknown
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'double'),
  odd: fc.constantFrom(...ODD),
})

/** Whatever has members; arrays have theirs by number. */
type Members = Record<string | number, unknown>

const mutate = (root: object, path: Path, { how, odd }: Mutation): void => {
  const parent = path.slice(0, -1).reduce<unknown>((value, name) => (value as Members | null)?.[name], root)
  const last = path.at(-1)
  // An earlier mutation may have taken it away.
  if (typeof parent !== 'object' || parent === null || last === undefined) return
  if (how === 'double' && Array.isArray(parent)) parent.push(structuredClone(parent[Number(last)]))
  else if (how === 'remove') delete (parent as Members)[last]
  // A copy: the next mutation may go into it.
  else (parent as Members)[last] = structuredClone(odd)
}

const PATCHES = [
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

/** What is done with the object, as often as the words stand here. */
const ACTIONS = 'create create create create update update patch patch apply status status delete deleteAll list'.split(
  ' ',
)

export const mutated: fc.Arbitrary<RawRequest> = fc
  .record({
    which: fc.nat(sound.length - 1),
    name: fc.constantFrom('a', 'a', 'b', 'c'),
    mutations: fc.array(mutation, { maxLength: 2 }),
    action: fc.constantFrom(...ACTIONS),
    patch: fc.constantFrom(...PATCHES),
    query: fc.constantFrom(
      '',
      '',
      '',
      'dryRun=All',
      'fieldValidation=Strict',
      'force=true',
      'propagationPolicy=Foreground',
      'gracePeriodSeconds=0',
    ),
  })
  .map(({ which, name, mutations, action, patch, query }) => {
    const { object, home, paths } = sound[which] as Sound
    const copy = structuredClone(object) as { kind: string; metadata: { name: string } }
    // A definition's name is made of its group and plural.
    if (copy.kind !== 'CustomResourceDefinition') copy.metadata.name = name
    const at = `${home}/${copy.metadata.name}`
    for (const one of mutations) mutate(copy, paths[one.at % paths.length] ?? [], one)
    const body = JSON.stringify(copy)
    const asked = query === '' ? '' : `?${query}`
    switch (action) {
      case 'create':
        return request('POST', home + asked, body, 'application/json')
      case 'update':
        return request('PUT', at + asked, body, 'application/json')
      case 'status':
        return request('PATCH', `${at}/status`, body, 'application/merge-patch+json')
      case 'patch':
        return request('PATCH', at + asked, body, patch)
      case 'apply':
        return request('PATCH', `${at}?fieldManager=f&${query}`, body, 'application/apply-patch+yaml')
      case 'delete':
        return request('DELETE', at + asked)
      case 'deleteAll':
        // Rarely, or there is never much.
        return request(which % 5 === 0 ? 'DELETE' : 'GET', home)
      default:
        return request('GET', `${home}?labelSelector=a%3Db&limit=2`)
    }
  })

const request = (method: string, path: string, body = '', type = ''): RawRequest => {
  const content = body === '' ? '' : `content-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  const head = `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${content}\r\n`
  return { bytes: Buffer.from(head + body), watches: false }
}
