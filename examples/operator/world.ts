/** What the operator works with: the API, a registry of names outside the cluster, and what its informers have seen. */
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type ObjectCache,
  type V1Deployment,
} from '@kubernetes/client-node'
import type { Website } from './website.ts'

/** Names outside the cluster, which nobody but this operator gives back. */
export interface Dns {
  point(host: string, to: string): Promise<void>
  release(host: string): Promise<void>
}

export interface World {
  readonly apps: AppsV1Api
  readonly core: CoreV1Api
  readonly custom: CustomObjectsApi
  readonly dns: Dns
  /** May be older than what the API server has. */
  readonly websites: ObjectCache<Website>
  readonly deployments: ObjectCache<V1Deployment>
}

export const clientsOf = (config: KubeConfig): Pick<World, 'apps' | 'core' | 'custom'> => ({
  apps: config.makeApiClient(AppsV1Api),
  core: config.makeApiClient(CoreV1Api),
  custom: config.makeApiClient(CustomObjectsApi),
})

export const APPLY = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply)
export const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)

export const isCode = (error: unknown, code: number): boolean => error instanceof ApiException && error.code === code
