import type { ActorId } from '../events/envelope.ts'

const NETWORK = '172.16.0.'
/** Before the nodes, whose addresses begin at 172.16.0.10. */
const [FIRST, LAST] = [2, 9]

/** The address of the n-th control plane machine. */
export const controlPlaneAddress = (n: number): string => `${NETWORK}${FIRST + n}`

/** The API server on the control plane machine that has an address. */
export const apiServerAt = (ip: string): ActorId | undefined => {
  const last = ip.startsWith(NETWORK) ? Number(ip.slice(NETWORK.length)) : NaN
  return last >= FIRST && last <= LAST ? `kube-apiserver/${last - FIRST}` : undefined
}
