/**
 * Goal: a finished Job goes when its time is over, and not before.
 * Method: the calls that syncs make as time passes.
 */
import { expect, test } from 'vitest'
import { ttlAfterFinishedController } from '../../../src/actors/controllers/ttl-after-finished/ttl-after-finished.ts'
import { seconds } from '../../../src/events/time.ts'
import { controllerBench, type ControllerBench } from '../../support/controller-bench.ts'
import { meta, secondsAt, template } from './objects.ts'
import type { Job } from '../../../src/kubernetes/types/workloads.ts'

const job = (ttl: number | undefined, ended: number | undefined): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: meta('task'),
  spec: { ...(ttl === undefined ? {} : { ttlSecondsAfterFinished: ttl }), template: template('app:1') },
  status:
    ended === undefined
      ? {}
      : { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: secondsAt(ended) }] },
})

const bench = (): ControllerBench => controllerBench(ttlAfterFinishedController)

test('it is deleted with its Pods, after a look at whether its time was prolonged', () => {
  const b = bench().given(job(10, 5)).show().run(seconds(14))
  expect(b.takeLines()).toEqual([])
  b.run(seconds(2))
  const [looked, deleted, ...rest] = b.take()
  expect(rest).toEqual([])
  expect(looked).toMatchObject({ verb: 'get', name: 'task' })
  const options = { propagationPolicy: 'Foreground', preconditions: { uid: 'uid-task' } }
  expect(deleted).toMatchObject({ verb: 'delete', name: 'task', options })
})

test('it stays while it runs, without a time, and if its time was prolonged behind the view', () => {
  expect(bench().given(job(1, undefined)).show().run(seconds(60)).takeLines()).toEqual([])
  expect(bench().given(job(undefined, 1)).show().run(seconds(60)).takeLines()).toEqual([])
  const b = bench().given(job(10, 5)).show().stall('Job')
  b.change('Job', 'default', 'task', (one) => ({ ...one, spec: { ...one.spec, ttlSecondsAfterFinished: 100 } }))
  expect(b.run(seconds(60)).takeLines()).toEqual(['get Job task'])
})

test('a refusal is tried again', () => {
  const b = bench().fail('delete Job', { code: 500 }).given(job(0, 0)).show().run(seconds(2))
  expect(b.get('Job', 'default', 'task')?.metadata.deletionTimestamp).toBeDefined()
})
