import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

const instanceState = t.keyof({ creating: 1, running: 1, deleting: 1 })

/** A group of equal machines, as its cloud tells of it. */
const nodeGroup = t.intersection([
  t.type({
    name: t.string,
    min: t.number,
    max: t.number,
    /** How many machines it is to have. */
    target: t.number,
    instances: t.readonlyArray(
      t.intersection([
        t.type({ id: t.string, name: t.string, state: instanceState }),
        /** Why it could not be made. */
        t.partial({ problem: t.string }),
      ]),
    ),
    capacity: t.record(t.string, t.string),
    labels: t.record(t.string, t.string),
    taints: t.readonlyArray(t.unknown),
    /** Thousandths of a cent for an hour of one machine. */
    price: t.number,
  }),
  t.partial({ allocatable: t.record(t.string, t.string) }),
])

/** Between the cloud and those who ask it: cloud-controller-manager, cluster-autoscaler. `call` pairs an answer with its question. */
export const cloudEvents = {
  CloudRequested: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A controller asks the cloud about an instance, for a load balancer to be made, changed or removed, for machines of a node group to be added or removed, or for a route of its network. `name` is that of the instance, the balancer, the group or the route.',
    data: t.intersection([
      t.type({
        call: t.number,
        op: t.keyof({
          instance: 1,
          ensureLoadBalancer: 1,
          updateLoadBalancer: 1,
          deleteLoadBalancer: 1,
          nodeGroups: 1,
          increaseSize: 1,
          deleteInstances: 1,
          routes: 1,
          createRoute: 1,
          deleteRoute: 1,
        }),
        name: t.string,
      }),
      t.partial({
        /** Nodes behind a balancer; the one that a route leads to. */
        nodes: t.readonlyArray(t.string),
        ports: t.readonlyArray(t.number),
        /** What a route is for. */
        cidr: t.string,
        /** How many machines a group is to grow by. */
        delta: t.number,
        /** Names of a group's machines that are to go. */
        instances: t.readonlyArray(t.string),
      }),
    ]),
  }),
  CloudAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'The cloud answers: with `problem` it could not. An instance that is not named does not exist.',
    data: t.intersection([
      t.type({ call: t.number }),
      t.partial({
        problem: t.string,
        /** Of a balancer. */
        address: t.string,
        instance: t.type({
          id: t.string,
          type: t.string,
          zone: t.string,
          region: t.string,
          running: t.boolean,
        }),
        groups: t.readonlyArray(nodeGroup),
        routes: t.readonlyArray(t.type({ name: t.string, node: t.string, cidr: t.string })),
      }),
    ]),
  }),
  InstanceLaunched: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'The cloud has made a machine of a node group: it has power now, and its programs run after `bootMicros`.',
    data: t.type({ instance: t.string, group: t.string, bootMicros: t.number }),
  }),
  InstanceTerminated: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'The cloud has taken a machine away for good: what ran on it has ended.',
    data: t.type({ instance: t.string, group: t.string }),
  }),
}
