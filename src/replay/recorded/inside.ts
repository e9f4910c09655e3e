/** Components of the control plane act themselves; whoever else is in the audit log is outside. */
export const isInside = (user: string): boolean =>
  user === 'system:apiserver' ||
  user === 'system:kube-scheduler' ||
  user === 'system:kube-controller-manager' ||
  (user.startsWith('system:serviceaccount:kube-system:') && !FOREIGN.test(user))

/** A controller that only the recorded build has: what it did was done from outside. */
const FOREIGN = /:service-ca-cert-publisher$/
