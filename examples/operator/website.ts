/** The custom resource: what its users write, and what the operator tells them. */
import type { KubernetesObject } from '@kubernetes/client-node'

export const GROUP = { group: 'example.com', version: 'v1', plural: 'websites' } as const

/** A website exists until its name is given back: see `reconcile`. */
export const FINALIZER = 'example.com/dns'

export interface Website extends KubernetesObject {
  readonly spec: { readonly host: string; readonly image: string; readonly replicas: number; readonly page: string }
  readonly status?: WebsiteStatus
}

export interface WebsiteStatus {
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[]
}

export const DEFINITION = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: websites.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: websites, singular: website, kind: Website, shortNames: [ws]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    additionalPrinterColumns:
    - {name: Host, type: string, jsonPath: .spec.host}
    - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [host]
            properties:
              host: {type: string, maxLength: 253}
              image: {type: string, default: 'nginx:1.27'}
              replicas: {type: integer, minimum: 0, maximum: 20, default: 2}
              page: {type: string, default: Hello}
            x-kubernetes-validations:
            - {rule: self.host == oldSelf.host, message: a website keeps its host, optionalOldSelf: false}
          status:
            type: object
            properties:
              observedGeneration: {type: integer}
              readyReplicas: {type: integer}
              conditions:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [type]
                items:
                  type: object
                  required: [type, status]
                  properties: {type: {type: string}, status: {type: string}, reason: {type: string}}
`
