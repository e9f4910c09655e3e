import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

/** A duration that is drawn anew each time: integer microseconds, both ends included. */
const span = t.type({ low: t.number, high: t.number })

/**
 * How one container behaves. What it is made from (image, command, annotations) is decided in `kubernetes/workload`;
 * this is what the kubelet hands to the runtime and the runtime to the machine.
 */
export const workloadModel = t.intersection([
  t.type({
    /** From start until it listens. */
    startup: span,
    /** Ports it listens on; empty: any port. */
    ports: t.array(t.number),
    /** From SIGTERM to exit. */
    shutdown: span,
    /** Time to answer one request. */
    latency: span,
    memoryBytes: t.number,
    cpuMillis: t.number,
  }),
  t.partial({
    /** From start until it says that it is ready, where that is later than listening. */
    readyAfter: span,
    /** Ends by itself this long after start. */
    exitAfter: span,
    exitCode: t.number,
    /** Only its first so many starts end by `exitAfter`. */
    crashTimes: t.number,
    ignoresTerm: t.boolean,
    /** Answers until it exits, not only until SIGTERM. */
    servesWhileStopping: t.boolean,
    /** From then on it answers with errors. */
    unhealthyAfter: span,
    /** From then on it does not answer at all. */
    hangAfter: span,
    /** Time in which its memory grows to `memoryBytes`; its start-up if absent. */
    memoryRamp: t.number,
    /** More than this is killed. */
    memoryLimitBytes: t.number,
    /** `name:port` of what it calls to serve one request. */
    calls: t.array(t.string),
    /** Processor time, in microseconds, that one request costs on top of `cpuMillis`. */
    requestCpu: t.number,
  }),
])

/** What a registry does when an image is pulled; absent: what the image's name says. */
export const registryAnswer = t.union([t.type({ takes: t.number }), t.type({ fails: t.literal(true) })])

const exit = { exitCode: t.number, reason: t.string, finishedMicros: t.number }
const container = { uid: t.string, name: t.string, container: t.string }

/** Requests and limits of a container, as quantities. */
const resources = t.partial({ requests: t.record(t.string, t.string), limits: t.record(t.string, t.string) })

const listedContainer = t.intersection([
  t.type({ ...container, image: t.string, restartCount: t.number, startedMicros: t.number, running: t.boolean }),
  t.partial({ ...exit, resources }),
])
const listedSandbox = t.type({ uid: t.string, sandbox: t.string, ip: t.string, attempt: t.number, ready: t.boolean })

/**
 * On a node: the kubelet asks the container runtime (the Container Runtime Interface, without its gRPC), the runtime asks
 * the machine. `call` pairs an answer with its question.
 */
export const nodeEvents = {
  LeaseRenewed: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A node or a leader renews its Lease while nothing is wrong anywhere: every view shows it at once, without a write of its own.',
    data: t.type({ namespace: t.string, name: t.string, renewTime: t.string }),
  }),
  PullImage: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A kubelet asks its runtime to fetch an image.',
    data: t.intersection([t.type({ call: t.number, image: t.string }), t.partial({ registry: registryAnswer })]),
  }),
  ImagePulled: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'An image is on the node.',
    data: t.type({ call: t.number, image: t.string, bytes: t.number, tookMicros: t.number }),
  }),
  ImagePullFailed: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'An image could not be fetched.',
    data: t.type({ call: t.number, image: t.string, message: t.string }),
  }),
  RunPodSandbox: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A kubelet asks for the sandbox of a Pod: its namespaces and its address.',
    data: t.type({
      call: t.number,
      uid: t.string,
      namespace: t.string,
      pod: t.string,
      attempt: t.number,
      hostNetwork: t.boolean,
    }),
  }),
  SandboxReady: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A Pod has a sandbox and an address.',
    data: t.type({ call: t.number, uid: t.string, sandbox: t.string, ip: t.string }),
  }),
  StopPodSandbox: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A kubelet asks to end a sandbox and whatever still runs in it.',
    data: t.type({ call: t.number, uid: t.string, sandbox: t.string }),
  }),
  SandboxStopped: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A sandbox is no more; its address is free.',
    data: t.type({ call: t.number, uid: t.string, sandbox: t.string }),
  }),
  RemovePod: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A kubelet lets the runtime forget a Pod: its sandboxes and the remains of its containers.',
    data: t.type({ uid: t.string }),
  }),
  StartContainer: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A kubelet asks to create and start a container. `resources` are those of a Pod that was resized; else those it came with.',
    data: t.intersection([
      t.type({
        call: t.number,
        uid: t.string,
        sandbox: t.string,
        name: t.string,
        image: t.string,
        restartCount: t.number,
        workload: workloadModel,
      }),
      t.partial({ resources }),
    ]),
  }),
  ContainerStarted: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A container runs; whether it serves yet is another question.',
    data: t.type({ call: t.number, ...container, restartCount: t.number, startedMicros: t.number }),
  }),
  UpdateContainerResources: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A kubelet asks to give a running container other requests and limits.',
    data: t.type({ call: t.number, uid: t.string, container: t.string, resources }),
  }),
  ContainerResourcesUpdated: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A container has other requests and limits.',
    data: t.type({ call: t.number, uid: t.string, container: t.string, resources }),
  }),
  StopContainer: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A kubelet asks to end a container: SIGTERM now, SIGKILL after the grace period. `ContainerExited` is the answer.',
    data: t.type({ container: t.string, graceMicros: t.number }),
  }),
  ContainerExited: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A container ended: by itself, by a signal, or for lack of memory.',
    data: t.type({ ...container, ...exit }),
  }),
  RuntimeRefused: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'The runtime could not do what a kubelet asked.',
    data: t.type({ call: t.number, message: t.string }),
  }),
  ListContainers: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A kubelet asks for everything the runtime holds, or, as a sign of life, for nothing but an answer.',
    data: t.type({ call: t.number, all: t.boolean }),
  }),
  ContainersListed: defineEvent({
    class: 'message',
    v: 1,
    doc: 'The runtime says what it holds.',
    data: t.intersection([
      t.type({ call: t.number }),
      t.partial({ images: t.array(t.string), sandboxes: t.array(listedSandbox), containers: t.array(listedContainer) }),
    ]),
  }),
  StartTask: defineEvent({
    class: 'command',
    v: 1,
    doc: 'The runtime starts a container’s processes on its machine.',
    data: t.type({
      task: t.string,
      uid: t.string,
      namespace: t.string,
      pod: t.string,
      name: t.string,
      ip: t.string,
      restartCount: t.number,
      workload: workloadModel,
    }),
  }),
  UpdateTask: defineEvent({
    class: 'command',
    v: 1,
    doc: 'The runtime sets how much memory a container’s processes may have.',
    data: t.type({ task: t.string, memoryLimitBytes: t.number }),
  }),
  SignalTask: defineEvent({
    class: 'command',
    v: 1,
    doc: 'The runtime sends a signal to a container’s processes.',
    data: t.type({ task: t.string, signal: t.keyof({ SIGTERM: 1, SIGKILL: 1 }) }),
  }),
  EndTask: defineEvent({
    class: 'command',
    v: 1,
    doc: 'Whoever sat at a container’s standard input has ended its process: the shell was told to exit, or its input ended.',
    data: t.type({ task: t.string, exitCode: t.number }),
  }),
  TaskExited: defineEvent({
    class: 'message',
    v: 1,
    doc: 'The machine tells the runtime that a container’s processes ended.',
    data: t.type({ task: t.string, ...exit }),
  }),
  ListTasks: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A runtime that has restarted asks which containers still run.',
    data: t.type({}),
  }),
  TasksListed: defineEvent({
    class: 'message',
    v: 1,
    doc: 'Containers whose processes the machine knows, with how they ended if they did.',
    data: t.type({ tasks: t.array(t.intersection([t.type({ task: t.string, running: t.boolean }), t.partial(exit)])) }),
  }),
  ProbeRequested: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A kubelet probes a container.',
    data: t.intersection([
      t.type({
        probe: t.string,
        task: t.string,
        /** Whether it asks for readiness; else for life. */
        readiness: t.boolean,
        by: t.keyof({ http: 1, tcp: 1, exec: 1, grpc: 1 }),
        timeoutMicros: t.number,
      }),
      t.partial({ port: t.number }),
    ]),
  }),
  ProbeAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'What a probe met. `untilMicros`: until then, by a clock that nobody sets, it would meet the same; absent: for good.',
    data: t.intersection([
      t.type({
        probe: t.string,
        task: t.string,
        outcome: t.keyof({ ok: 1, refused: 1, unhealthy: 1, silent: 1 }),
      }),
      t.partial({ untilMicros: t.number }),
    ]),
  }),
}
