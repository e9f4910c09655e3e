import { SYSTEM_MASTERS, type User } from './authn.ts'
import type { Request } from './request.ts'

export const isExempt = ({ groups }: User): boolean => groups.includes(SYSTEM_MASTERS)

/**
 * Whether a user may do what a request asks.
 * Abridged: everybody may do everything. RBAC and the node authorizer answer here, from the server's own cache.
 */
export type Authorizer = (request: Request) => boolean

export const alwaysAllow: Authorizer = () => true
