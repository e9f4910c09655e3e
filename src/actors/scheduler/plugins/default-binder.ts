import type { SchedulerPlugin } from '../framework/plugin.ts'

/** Binds through the API. Source: plugins/defaultbinder/default_binder.go (v1.36). */
export const defaultBinder = (): SchedulerPlugin => ({
  name: 'DefaultBinder',
  bind: (_state, { pod }, nodeName) => ({
    verb: 'create',
    kind: 'Pod',
    namespace: pod.metadata.namespace,
    name: pod.metadata.name,
    subresource: 'binding',
    body: {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
      target: { kind: 'Node', name: nodeName },
    },
  }),
})
