/**
 * Goal: an aggregated role may do what the roles that it selects may do, and no more.
 * Method: given roles, the apply that is sent; the bench knows no apply, so every apply is refused there.
 */
import { expect, test } from 'vitest'
import { clusterRoleAggregationController } from '../../../src/actors/controllers/clusterrole-aggregation/clusterrole-aggregation.ts'
import { seconds } from '../../../src/events/time.ts'
import type { PolicyRule } from '../../../src/kubernetes/types/rbac.ts'
import { controllerBench, type Given } from '../../support/controller-bench.ts'
import { meta } from './objects.ts'

const role = (
  name: string,
  labels: Readonly<Record<string, string>>,
  rules: readonly PolicyRule[],
  more: object = {},
): Given => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { ...meta(name), namespace: undefined, labels },
  ...{ rules },
  ...more,
})

const may = (verb: string): PolicyRule => ({ verbs: [verb], apiGroups: [''], resources: ['pods'] })

const SELECTORS = {
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'edit' } }, { matchLabels: { to: 'view' } }] },
}

const refusing = () => {
  const bench = controllerBench(clusterRoleAggregationController)
  bench.fail('patch ClusterRole', { code: 500 }, 1000)
  return bench
}

test('rules come selector by selector and role by role, each once', () => {
  const bench = refusing()
  bench
    .given(
      role('all', {}, [], SELECTORS),
      role('z', { to: 'edit' }, [may('update'), may('list')]),
      role('a', { to: 'edit' }, [may('create')]),
      role('v', { to: 'view' }, [may('list'), may('get')]),
      role('other', { to: 'nobody' }, [may('delete')]),
    )
    .show()
    .run(1000)
  const [request] = bench.take()
  expect([request?.name, request?.patchType, request?.options]).toEqual([
    'all',
    'apply',
    { force: true, fieldManager: 'clusterrole-aggregation-controller' },
  ])
  expect((request?.body as { rules: unknown }).rules).toEqual([may('create'), may('update'), may('list'), may('get')])
})

test('a role that is as it should be is left alone, until one of its parts changes', () => {
  const bench = refusing()
  bench
    .given(role('all', {}, [may('get')], SELECTORS), role('v', { to: 'view' }, [may('get')]))
    .show()
    .run(seconds(1))
  expect(bench.takeLines()).toEqual([])
  bench
    .change('ClusterRole', undefined, 'v', (one) => ({ ...one, rules: [may('watch')] }))
    .show()
    .run(1000)
  expect(bench.takeLines()).toEqual(['patch ClusterRole all'])
})

test('roles that are not aggregated cost nothing', () => {
  const bench = refusing()
  bench
    .given(role('v', { to: 'view' }, [may('get')]))
    .show()
    .run(seconds(1))
  expect(bench.takeLines()).toEqual([])
})
