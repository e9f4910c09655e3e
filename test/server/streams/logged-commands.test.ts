/**
 * Goal: a log shows what its container's command writes in the world around it: the variables of its Pod, its files, its
 * name, the time; as in the tutorials that begin with a Pod whose command is `env` or `date`.
 * Method: Pods with such commands in a cluster that starts at a time of its own; plain HTTP for their logs.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listening, type Stand } from '../support.ts'

const once = (name: string, container: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {tier: back}}
spec:
  restartPolicy: Never
  containers: [{name: main, image: busybox, ${container}}]
  volumes: [{name: conf, configMap: {name: conf}}]
---`

const PODS = `
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {color: blue}
---
${once('printing', 'command: [env], env: [{name: COLOR, valueFrom: {configMapKeyRef: {name: conf, key: color}}}]')}
${once('expanding', 'command: [echo], args: ["$(GREETING), $(NOBODY)"], env: [{name: GREETING, value: hello}]')}
${once('asking', 'command: [sh, -c, "echo $HOSTNAME is $color"], envFrom: [{configMapRef: {name: conf}}]')}
${once('reading', 'command: [cat, /etc/conf/color], volumeMounts: [{name: conf, mountPath: /etc/conf}]')}
${once('fetching', 'command: [wget, -qO-, nowhere]')}
${once('dated', 'command: [sh, -c, "date; sleep 61; date"]')}
${once('writing', 'command: [sh, -c, "cat /tmp/seen; echo seen > /tmp/seen; sleep 1h"]')}
`

let stand: Stand

beforeAll(async () => {
  stand = await listening({ nodes: 1, startTime: '2030-05-06T07:08:09Z' })
  stand.cluster.run(10_000_000)
  stand.cluster.apply(PODS)
  stand.cluster.run(120_000_000)
})
afterAll(() => stand.close())

const log = async (pod: string): Promise<string> => {
  const path = `/api/v1/namespaces/default/pods/${pod}/log`
  return (await stand.client.call({ method: 'GET', path })).body.toString()
}

test('variables are those of the Pod', async () => {
  const lines = (await log('printing')).trimEnd().split('\n')
  expect(lines).toEqual(expect.arrayContaining(['HOSTNAME=printing', 'COLOR=blue', 'KUBERNETES_SERVICE_PORT=443']))
  expect(await log('asking')).toBe('asking is blue\n')
  expect(await log('expanding')).toBe('hello, $(NOBODY)\n')
})

const NOT_THERE = "cat: can't open '/tmp/seen': No such file or directory\n"

test('files are those that are mounted, and nothing is left of a look at the log', async () => {
  expect(await log('reading')).toBe('blue\n')
  expect(await log('writing')).toBe(NOT_THERE)
  expect(await log('writing')).toBe(NOT_THERE)
})

test('of what only the network could say nothing is made up', async () => {
  expect(await log('fetching')).toBe('')
})

test('clocks show the time of the cluster', async () => {
  const [first = '', second = ''] = (await log('dated')).split('\n')
  expect(first).toMatch(/^Mon May {2}6 07:08:\d\d UTC 2030$/)
  expect(second).toMatch(/^Mon May {2}6 07:09:\d\d UTC 2030$/)
})
