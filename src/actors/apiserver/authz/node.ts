import { CLUSTER_ROLES } from '../../../kubernetes/rbac/cluster-roles.ts'
import { ruleOf } from '../../../kubernetes/rbac/rule-line.ts'
import { ruleAllows } from '../../../kubernetes/rbac/rules.ts'
import type { PolicyRule } from '../../../kubernetes/types/rbac.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { goQuote } from '../../../kubernetes/validation/field-error.ts'
import type { View } from '../../../kubernetes/view.ts'
import { ALLOWED, NO_OPINION, type Access, type Decision } from '../authz.ts'
import { namesIn } from '../../../kubernetes/pod-references.ts'

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch'])
const WRITES: ReadonlySet<string> = new Set(['get', 'create', 'update', 'patch', 'delete'])
const SAID_LIMIT = 1024
const HEARTBEATS = 'kube-node-lease'

let rules: readonly PolicyRule[] | undefined

/** What nodes may do at most. Source: bootstrappolicy/policy.go, NodeRules. */
const nodeRules = (): readonly PolicyRule[] => (rules ??= (CLUSTER_ROLES['system:node'] ?? []).map(ruleOf))

const refuse = (reason: string): Decision => ({ allowed: false, reason })

/**
 * What a kubelet may do: read what belongs to the Pods on its node, write what is its node's own.
 * Source: plugin/pkg/auth/authorizer/node/node_authorizer.go (v1.36).
 *
 * Abridged: upstream keeps a graph of what Pods refer to; here the node's Pods are asked.
 */
export class NodeAuthorizer {
  private readonly view: View

  constructor(view: View) {
    this.view = view
  }

  decide(node: string, access: Access): Decision {
    const { group, resource, subresource } = access
    if (access.path !== undefined) return NO_OPINION
    switch (group === '' ? resource : `${resource}.${group}`) {
      case 'secrets':
      case 'configmaps':
        return this.ofPods(node, access, READS)
      case 'persistentvolumeclaims':
        return subresource === 'status' ? byRules(access) : this.ofPods(node, access, new Set(['get']))
      case 'resourceclaims.resource.k8s.io':
        return this.ofPods(node, access, new Set(['get']))
      case 'serviceaccounts':
        return this.ofPods(node, access, new Set([subresource === 'token' ? 'create' : 'get']))
      case 'persistentvolumes':
        return this.volume(node, access)
      case 'nodes':
        return this.node(node, access)
      case 'pods':
        return this.pod(node, access)
      case 'leases.coordination.k8s.io':
        return ownObject(node, access, HEARTBEATS)
      case 'csinodes.storage.k8s.io':
        return ownObject(node, access, '')
      default:
        return byRules(access)
    }
  }

  /** An object that a Pod on the node refers to. */
  private ofPods(node: string, access: Access, verbs: ReadonlySet<string>): Decision {
    const { verb, resource, subresource, namespace, name } = access
    if (!verbs.has(verb)) return refuse(`can only ${[...verbs].join(', ')} resources of this type`)
    if (subresource !== '' && subresource !== 'token') return refuse('cannot read subresource')
    if (name === '') return refuse('No Object name found')
    const found = this.podsOn(node).some(
      (pod) => pod.metadata.namespace === namespace && namesIn(pod, resource).has(name),
    )
    return found ? ALLOWED : noRelation(node)
  }

  private volume(node: string, { verb, name }: Access): Decision {
    if (verb !== 'get') return refuse('can only get individual resources of this type')
    const claims = this.podsOn(node).flatMap((pod) =>
      [...namesIn(pod, 'persistentvolumeclaims')].map((claim) =>
        this.view.get('PersistentVolumeClaim', pod.metadata.namespace, claim),
      ),
    )
    return claims.some((claim) => claim?.spec?.volumeName === name) ? ALLOWED : noRelation(node)
  }

  private node(node: string, access: Access): Decision {
    const { verb, name } = access
    if (!byRules(access).allowed) return NO_OPINION
    if (READS.has(verb) && name !== node) {
      return refuse(
        name === ''
          ? `node ${goQuote(node)} cannot read all nodes, only its own Node object`
          : `node ${goQuote(node)} cannot read ${goQuote(name)}, only its own Node object`,
      )
    }
    return ALLOWED
  }

  private pod(node: string, access: Access): Decision {
    const { verb, subresource, namespace, name, nodeName } = access
    if (!byRules(access).allowed) return NO_OPINION
    if (subresource !== '' || !READS.has(verb)) return ALLOWED
    if (verb !== 'get') {
      return nodeName === node ? ALLOWED : refuse('can only list/watch pods with spec.nodeName field selector')
    }
    return this.view.get('Pod', namespace, name)?.spec.nodeName === node ? ALLOWED : noRelation(node)
  }

  private podsOn(node: string): readonly Pod[] {
    return this.view.indexed('Pod', 'node', node)
  }
}

/** What the rules say, by what is asked: a few dozen questions, the same of all nodes. None of the rules names a name. */
const said = new Map<string, Decision>()

const byRules = (access: Access): Decision => {
  const key = `${access.verb} ${access.group}/${access.resource}/${access.subresource}`
  let decision = said.get(key)
  if (decision === undefined) {
    if (said.size >= SAID_LIMIT) said.clear()
    decision = nodeRules().some((rule) => ruleAllows(rule, access)) ? ALLOWED : NO_OPINION
    said.set(key, decision)
  }
  return decision
}

const noRelation = (node: string): Decision => refuse(`no relationship found between node '${node}' and this object`)

/** An object that bears the node's own name. */
const ownObject = (node: string, { verb, subresource, namespace, name }: Access, within: string): Decision => {
  if (!WRITES.has(verb)) return refuse('can only get, create, update, patch, or delete a node-owned object')
  if (subresource !== '') return refuse('cannot touch subresources of it')
  if (within !== '' && namespace !== within)
    return refuse(`can only access leases in the ${goQuote(within)} system namespace`)
  return verb === 'create' || name === node
    ? ALLOWED
    : refuse('can only access the object with the same name as the requesting node')
}
