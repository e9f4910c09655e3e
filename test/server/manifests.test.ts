/**
 * Goal: applications as people publish them are taken by `kubectl apply` without a complaint, and their Pods run.
 * Method: public manifests, each in a namespace or a set of its own; all are applied, then every Deployment must be available
 * and every DaemonSet ready, as `kubectl rollout status` sees it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startLive } from './kubectl/live.ts'
import { findProgram, whyLeftOut } from './kubectl/programs.ts'

const folder = new URL('../../../shared/inputs/manifests/', import.meta.url).pathname
const kubectl = findProgram('kubectl')
const runs = kubectl !== undefined && existsSync(folder)
const why = existsSync(folder)
  ? whyLeftOut('kubectl')
  : 'left out: ../shared/inputs/manifests is not beside the project'

/** Each with the words that apply it and the namespace whose Deployments must become available. */
const APPLICATIONS: readonly (readonly [file: string, namespace: string, workloads: number])[] = [
  ['guestbook.yaml', 'guestbook', 3],
  ['online-boutique.yaml', 'boutique', 12],
  ['sock-shop.yaml', 'sock-shop', 14],
]

for (const [file, namespace, workloads] of APPLICATIONS) {
  test.runIf(runs)(runs ? `${file} is applied and runs` : `${file} (${why})`, { timeout: 120_000 }, async () => {
    const live = await startLive({ nodes: 8 }, 20)
    const { cluster, good } = live
    const program = kubectl ?? ''
    try {
      if (namespace !== 'sock-shop') await good(program, `create namespace ${namespace}`)
      await good(program, ['config', 'set-context', '--current', `--namespace=${namespace}`])
      await good(program, `apply -f ${folder}${file}`)
      expect(await good(program, `apply -f ${folder}${file}`)).not.toMatch(/created|configured/)
      await good(program, `wait --for=condition=Available deployment --all -n ${namespace} --timeout=60s`)
      expect(cluster.list('Deployment', namespace).length).toBe(workloads)
      const waiting = cluster.list('Pod', namespace).filter(({ status }) => status?.phase !== 'Running')
      expect(waiting.map(({ metadata }) => metadata.name)).toEqual([])
    } finally {
      await live.close()
    }
  })
}

const stack = 'kube-prometheus: definitions, then objects of the kinds that they define'
test.runIf(runs)(runs ? stack : `${stack} (${why})`, { timeout: 120_000 }, async () => {
  const live = await startLive({ nodes: 2 }, 20)
  const { cluster, good } = live
  const program = kubectl ?? ''
  try {
    await good(program, `apply --server-side -f ${folder}kube-prometheus/setup`)
    await good(program, 'wait --for=condition=Established crd --all --timeout=60s')
    await good(program, `apply -f ${folder}kube-prometheus`)
    expect(await good(program, `apply -f ${folder}kube-prometheus`)).not.toMatch(/created/)
    expect(await good(program, 'get prometheusrules -A -o name')).toMatch(
      /^(prometheusrule\.monitoring\.coreos\.com\/\S+\n)+$/,
    )
    expect(cluster.list('servicemonitors.monitoring.coreos.com').length).toBeGreaterThan(5)
    expect(await good(program, 'explain prometheus.spec.replicas')).toMatch(/FIELD: replicas <integer>/)
    await good(program, 'rollout status daemonset/node-exporter -n monitoring --timeout=60s')
    // Grafana's dashboards are left out of what is published here, so its Pod waits for them, as it would anywhere.
    const names = cluster.list('Deployment', 'monitoring').map(({ metadata }) => metadata.name)
    expect(names).toHaveLength(5)
    for (const name of names.filter((one) => one !== 'grafana'))
      await good(program, `rollout status deployment/${name} -n monitoring --timeout=60s`)
  } finally {
    await live.close()
  }
})

const database = 'cassandra: three members, one after the other, each with its volume'
test.runIf(runs)(runs ? database : `${database} (${why})`, { timeout: 120_000 }, async () => {
  const live = await startLive({ nodes: 3, csi: {} }, 20)
  const { cluster, good } = live
  const program = kubectl ?? ''
  try {
    // It was written for minikube's provisioner; here is another.
    const statefulSet = readFileSync(`${folder}cassandra-statefulset.yaml`, 'utf8')
    live.file('set.yaml', statefulSet.replace('k8s.io/minikube-hostpath', 'csi.seatrial.dev'))
    await good(program, `apply -f ${folder}cassandra-service.yaml -f set.yaml`)
    await good(program, 'rollout status statefulset/cassandra --timeout=90s')
    expect(cluster.list('PersistentVolumeClaim').map(({ status }) => status?.phase)).toEqual([
      'Bound',
      'Bound',
      'Bound',
    ])
  } finally {
    await live.close()
  }
})

const ingress = 'ingress-nginx: its controller waits for the certificate that its Job makes'
test.runIf(runs)(runs ? ingress : `${ingress} (${why})`, { timeout: 120_000 }, async () => {
  const live = await startLive({ nodes: 2, cloud: {} }, 20)
  const { cluster, good, run } = live
  const program = kubectl ?? ''
  const namespace = 'ingress-nginx'
  try {
    await good(program, `apply -f ${folder}ingress-nginx.yaml`)
    const rollout = `rollout status deployment/ingress-nginx-controller -n ${namespace}`
    expect(await run(program, `${rollout} --timeout=2s`)).toMatchObject({ code: 1 })
    expect(cluster.list('Event', namespace).map(({ message }) => message)).toContain(
      'MountVolume.SetUp failed for volume "webhook-cert" : secret "ingress-nginx-admission" not found',
    )
    // What the Job's program would have done: containers are modelled, programs in them are not.
    await good(
      program,
      `create secret generic ingress-nginx-admission -n ${namespace} --from-literal=cert=x --from-literal=key=y`,
    )
    await good(program, `${rollout} --timeout=90s`)
    expect(
      await good(program, `get service ingress-nginx-controller -n ${namespace} -o jsonpath={.status.loadBalancer}`),
    ).toContain('ip')
  } finally {
    await live.close()
  }
})
