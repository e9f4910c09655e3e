import type { Node } from '../../../kubernetes/types/node.ts'
import type { CSIDriver } from '../../../kubernetes/types/storage.ts'
import { Action, type EventHint } from '../framework/events.ts'
import { isClaimOfPod } from '../../../kubernetes/volumes.ts'

/** Events that may let volumes be found. Source: plugins/volumebinding/volume_binding.go, EventsToRegister (v1.36). */
export const volumeBindingHints: readonly EventHint[] = [
  { resource: 'StorageClass', actions: Action.add | Action.updateOther },
  {
    resource: 'PersistentVolumeClaim',
    actions: Action.add | Action.updateOther,
    worthTrying: (pod, { after }) => after !== undefined && isClaimOfPod(pod, after),
  },
  { resource: 'PersistentVolume', actions: Action.add | Action.updateOther },
  {
    resource: 'Node',
    actions: Action.add | Action.updateNodeLabel | Action.updateNodeTaint,
    worthTrying: (_pod, { before, after }) => {
      const [was, is] = [before as Node | undefined, after as Node | undefined]
      return was === undefined || was.metadata.labels !== is?.metadata.labels
    },
  },
  { resource: 'CSINode', actions: Action.add | Action.updateOther },
  {
    resource: 'CSIDriver',
    actions: Action.updateOther,
    worthTrying: (_pod, { before, after }) =>
      (before as CSIDriver | undefined)?.spec.storageCapacity === true &&
      (after as CSIDriver | undefined)?.spec.storageCapacity !== true,
  },
  { resource: 'CSIStorageCapacity', actions: Action.add | Action.updateOther },
]
