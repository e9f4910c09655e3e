/**
 * Goal: who writes from outside is told what upstream warns of; components of the cluster, which read no warnings, are not.
 * Method: the same objects written by both to one API server over one etcd member; the texts that come with the answers.
 */
import { expect, test } from 'vitest'
import { ControlPlane, type Call } from './control-plane.ts'

const FROM_OUTSIDE = { fieldValidation: 'Warn' } as const
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
const deployment = {
  metadata: { name: 'a.b' },
  spec: { selector: { matchLabels: { a: 'b' } }, template, colour: 'red' },
}

const told = (plane: ControlPlane, call: Omit<Call, 'kind' | 'namespace'>): readonly string[] => {
  const answer = plane.call({ ...call, kind: 'Deployment', namespace: 'd' })
  if (answer.code >= 300) throw new Error(JSON.stringify(answer.status))
  return answer.event.data.warnings ?? []
}
const withNamespace = (): ControlPlane => {
  const plane = new ControlPlane()
  plane.made('Namespace', undefined, { metadata: { name: 'd' } })
  return plane
}

test('unknown fields and names that are no host names are warned of', () => {
  const plane = withNamespace()
  const warnings = told(plane, { verb: 'create', body: deployment, options: FROM_OUTSIDE })
  expect(warnings[0]).toBe('unknown field "spec.colour"')
  expect(warnings[1]).toMatch(
    /^metadata\.name: this is used in Pod names and hostnames, which can result in surprising/,
  )
  expect(warnings).toHaveLength(2)
})

test('a component is not told', () => {
  expect(told(withNamespace(), { verb: 'create', body: deployment })).toEqual([])
})

test('a change is warned of when it asks for something new, and the name no more', () => {
  const plane = withNamespace()
  told(plane, { verb: 'create', body: deployment })
  const patch = (body: unknown) =>
    told(plane, { verb: 'patch', name: 'a.b', patchType: 'merge', body, options: FROM_OUTSIDE })
  const selecting = { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }
  expect(patch({ spec: { template: { spec: selecting } } })).toEqual([
    'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
  ])
  expect(patch({ metadata: { labels: { x: 'y' } } })).toEqual([])
  expect(patch({ metadata: { labels: { x: 'z' } }, spec: { colour: 'blue' } })).toEqual(['unknown field "spec.colour"'])
})
