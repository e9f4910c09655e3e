import type { Kind } from '../../kubernetes/kinds.ts'
import { VPA_WEBHOOK_URL } from './admission-controller.ts'
import { CHECKPOINT_KIND, VPA_GROUP, VPA_KIND } from './types.ts'

const string = { type: 'string' } as const
const integer = { type: 'integer' } as const
const strings = { type: 'array', items: string } as const
const object = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
})
const listOf = (items: object): object => ({ type: 'array', items })
const quantities = {
  type: 'object',
  additionalProperties: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
} as const
const time = { type: 'string', format: 'date-time' } as const

const autoscalerSchema = object(
  {
    apiVersion: string,
    kind: string,
    metadata: { type: 'object' },
    spec: object(
      {
        targetRef: object({ apiVersion: string, kind: string, name: string }, ['kind', 'name']),
        updatePolicy: object({
          updateMode: { type: 'string', enum: ['Off', 'Initial', 'Recreate', 'InPlaceOrRecreate', 'Auto'] },
          minReplicas: { type: 'integer', format: 'int32' },
        }),
        resourcePolicy: object({
          containerPolicies: listOf(
            object({
              containerName: string,
              mode: { type: 'string', enum: ['Auto', 'Off'] },
              minAllowed: quantities,
              maxAllowed: quantities,
              controlledResources: strings,
              controlledValues: { type: 'string', enum: ['RequestsAndLimits', 'RequestsOnly'] },
            }),
          ),
        }),
      },
      ['targetRef'],
    ),
    status: object({
      conditions: listOf(
        object({ type: string, status: string, lastTransitionTime: time, reason: string, message: string }, [
          'status',
          'type',
        ]),
      ),
      recommendation: object({
        containerRecommendations: listOf(
          object(
            {
              containerName: string,
              target: quantities,
              lowerBound: quantities,
              upperBound: quantities,
              uncappedTarget: quantities,
            },
            ['target'],
          ),
        ),
      }),
    }),
  },
  ['spec'],
)

const histogram = object({
  referenceTimestamp: time,
  bucketWeights: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  totalWeight: { type: 'number' },
})

const checkpointSchema = object({
  apiVersion: string,
  kind: string,
  metadata: { type: 'object' },
  spec: object({ vpaObjectName: string, containerName: string }),
  status: object({
    lastUpdateTime: time,
    version: string,
    cpuHistogram: histogram,
    memoryHistogram: histogram,
    firstSampleStart: time,
    lastSampleStart: time,
    totalSamplesCount: integer,
  }),
})

const RECOMMENDED = '.status.recommendation.containerRecommendations[0].target'

/** An object as it is created. */
interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly [member: string]: unknown
}

const definition = (name: string, kind: string, shortName: string, version: object): Manifest => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name,
    // Groups of k8s.io need to be approved; upstream's are, by this.
    annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes/kubernetes/pull/63797' },
  },
  spec: {
    group: VPA_GROUP,
    names: {
      kind,
      listKind: `${kind}List`,
      plural: name.slice(0, name.indexOf('.')),
      singular: kind.toLowerCase(),
      shortNames: [shortName],
    },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, ...version }],
  },
})

/**
 * What an installation of the VerticalPodAutoscaler consists of, beside its programs.
 * Source: vertical-pod-autoscaler/deploy/vpa-v1-crd-gen.yaml; pkg/admission-controller/config.go, selfRegistration (VPA 1.5).
 */
export const MANIFESTS: readonly { readonly kind: Kind; readonly object: Manifest }[] = [
  {
    kind: 'CustomResourceDefinition',
    object: definition(VPA_KIND, 'VerticalPodAutoscaler', 'vpa', {
      schema: { openAPIV3Schema: autoscalerSchema },
      subresources: { status: {} },
      additionalPrinterColumns: [
        { name: 'Mode', type: 'string', jsonPath: '.spec.updatePolicy.updateMode' },
        { name: 'CPU', type: 'string', jsonPath: `${RECOMMENDED}.cpu` },
        { name: 'Mem', type: 'string', jsonPath: `${RECOMMENDED}.memory` },
        {
          name: 'Provided',
          type: 'string',
          jsonPath: ".status.conditions[?(@.type=='RecommendationProvided')].status",
        },
        { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      ],
    }),
  },
  {
    kind: 'CustomResourceDefinition',
    object: definition(CHECKPOINT_KIND, 'VerticalPodAutoscalerCheckpoint', 'vpacheckpoint', {
      schema: { openAPIV3Schema: checkpointSchema },
    }),
  },
  {
    kind: 'MutatingWebhookConfiguration',
    object: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'vpa-webhook-config' },
      webhooks: [
        {
          name: 'vpa.k8s.io',
          admissionReviewVersions: ['v1'],
          clientConfig: { url: VPA_WEBHOOK_URL },
          rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
          failurePolicy: 'Ignore',
          sideEffects: 'None',
          timeoutSeconds: 30,
        },
      ],
    },
  },
]
