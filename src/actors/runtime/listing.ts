import type { EventData } from '../../events/catalogue/index.ts'
import type { Holdings } from './holdings.ts'

type Listed = EventData<'ContainersListed'>

/** Everything that a runtime holds, as it tells a kubelet that has come back. */
export const listed = ({ images, sandboxes, containers }: Holdings): Omit<Listed, 'call'> => ({
  images: [...images.keys()],
  sandboxes: [...sandboxes.values()].map(({ uid, sandbox, ip, attempt, ready }) => ({
    uid,
    sandbox,
    ip,
    attempt,
    ready,
  })),
  containers: [...containers.values()].map(({ end, ...rest }) => ({ ...rest, running: end === undefined, ...end })),
})
