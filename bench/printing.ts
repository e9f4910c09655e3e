/** What the tables of `kubectl get` cost: rows of Pods, of Nodes, and of a custom kind with three columns. */
import type { ApiObject } from '../src/events/json.ts'
import { printCustomTable, type CustomColumn } from '../src/kubernetes/printing/custom.ts'
import { printTable } from '../src/kubernetes/printing/print-table.ts'
import type { Table } from '../src/kubernetes/printing/table.ts'
import { rfc3339 } from '../src/kubernetes/time.ts'
import { figure, seconds, type Figure } from './measure.ts'

const NOW = 3_600_000_000

const metadata = (name: string, i: number) => ({
  name: `${name}-${i}`,
  namespace: 'shop',
  uid: `uid-${i}`,
  resourceVersion: String(i + 1),
  creationTimestamp: rfc3339((i % 3600) * 1_000_000),
})

/** A Pod with a sidecar and two containers, of which every third was restarted. */
const pod = (i: number): ApiObject & Record<string, unknown> => {
  const status = (name: string) => ({
    ...{ name, ready: true, started: true, restartCount: i % 3 === 0 ? 1 : 0, image: 'i', imageID: 'i' },
    state: { running: { startedAt: rfc3339(0) } },
    lastState: i % 3 === 0 ? { terminated: { exitCode: 1, finishedAt: rfc3339(i * 1_000_000) } } : {},
  })
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: metadata('web', i) },
    spec: {
      initContainers: [{ name: 'proxy', image: 'p', restartPolicy: 'Always' }],
      containers: [
        { name: 'a', image: 'a' },
        { name: 'b', image: 'b' },
      ],
      nodeName: `node-${i % 100}`,
    },
    status: {
      phase: 'Running',
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, status: 'True' })),
      initContainerStatuses: [status('proxy')],
      containerStatuses: [status('a'), status('b')],
      podIPs: [{ ip: '10.0.0.9' }],
    },
  }
}

const node = (i: number): ApiObject & Record<string, unknown> => ({
  ...{
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { ...metadata('node', i), labels: { 'node-role.kubernetes.io/w': '' } },
  },
  spec: {},
  status: {
    conditions: [{ type: 'Ready', status: 'True' }],
    addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
    nodeInfo: { kernelVersion: '6.1', architecture: 'amd64', osImage: 'Linux', kubeletVersion: 'v1.36.0' },
  },
})

const widget = (i: number): ApiObject & Record<string, unknown> => ({
  ...{ apiVersion: 'example.com/v1', kind: 'Widget', metadata: metadata('widget', i) },
  spec: { size: i, parts: [{ name: 'a' }, { name: 'b' }] },
})

const COLUMNS: readonly CustomColumn[] = [
  { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
  { name: 'Parts', type: 'string', jsonPath: '.spec.parts[?(@.name=="b")].name' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
]

export const benchPrinting = (smoke: boolean): readonly Figure[] => {
  const count = smoke ? 1_000 : 100_000
  const rows = (
    name: string,
    print: (objects: readonly ApiObject[]) => Table,
    make: (i: number) => ApiObject,
  ): Figure => {
    const objects = Array.from({ length: count }, (_, i) => make(i))
    const microsPerRow = () => (seconds(() => print(objects)) * 1e6) / count
    return figure(`printing: ${name}`, 'µs/row', smoke ? 1 : 5, microsPerRow)
  }
  const ofCore = (kind: string) => (objects: readonly ApiObject[]) =>
    printTable({ group: '', kind }, objects, { now: NOW })
  return [
    rows('Pods', ofCore('Pod'), pod),
    rows('Nodes', ofCore('Node'), node),
    rows('custom, three columns', (objects) => printCustomTable(COLUMNS, objects, { now: NOW }), widget),
  ]
}
