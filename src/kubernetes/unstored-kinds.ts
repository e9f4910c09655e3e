/**
 * Kinds of the core group that a path names and no store keeps: another way to write a Pod's binding, and a report.
 * Source: pkg/registry/core/{pod,componentstatus}; both are there for old clients.
 */
import type { ReviewKind } from './review-kinds.ts'

/** POST only: gives the Pod of its name a node, as POST pods/<name>/binding does. */
export const BINDING: ReviewKind = {
  kind: 'Binding',
  group: '',
  version: 'v1',
  resource: 'bindings',
  namespaced: true,
}

/** GET only. */
export const COMPONENT_STATUS: ReviewKind = {
  kind: 'ComponentStatus',
  group: '',
  version: 'v1',
  resource: 'componentstatuses',
  namespaced: false,
}

export const COMPONENT_STATUS_DEPRECATION = 'v1 ComponentStatus is deprecated in v1.19+'
