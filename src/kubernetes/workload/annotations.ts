/**
 * How a manifest says what its containers do. Every annotation may name one container with a suffix:
 * `seatrial.dev/startup.redis: 5s`; without it, it holds for all containers of the Pod.
 */
import type { Micros } from '../../events/envelope.ts'
import { either } from 'fp-ts'
import { cpuMillis, parseQuantity, value } from '../quantity.ts'
import type { Pod } from '../types/pod.ts'
import { parseDuration } from './duration.ts'

export const ANNOTATION_PREFIX = 'seatrial.dev/'

type Syntax =
  'duration' | 'integer' | 'flag' | 'memory' | 'cpu' | 'quantity' | 'ports' | 'targets' | 'registry' | 'text'

/** One row of the documentation, and the syntax that its value must have. */
export interface WorkloadAnnotation {
  readonly name: string
  readonly syntax: Syntax
  readonly example: string
  readonly meaning: string
}

const row = (name: string, syntax: Syntax, example: string, meaning: string): WorkloadAnnotation => ({
  name: ANNOTATION_PREFIX + name,
  syntax,
  example,
  meaning,
})

/** All annotations that steer a workload. Durations are drawn anew at each start, up to 5 % longer than written. */
export const WORKLOAD_ANNOTATIONS: readonly WorkloadAnnotation[] = [
  row('startup', 'duration', '5s', 'From start until it listens. Default: by image.'),
  row(
    'ready-after',
    'duration',
    '8s',
    'From start until its readiness probe succeeds. Default: as soon as it listens.',
  ),
  row('exit-after', 'duration', '30s', 'Ends by itself this long after start. Default: by image and command.'),
  row('exit-code', 'integer', '1', 'The code with which it ends by itself. Default: 0.'),
  row('crash-on-start', 'flag', 'true', 'Ends within a second of every start, with code 1 or `exit-code`.'),
  row('crash-times', 'integer', '2', 'Only its first so many starts end by themselves.'),
  row('shutdown', 'duration', '10s', 'From SIGTERM to exit. Default: by image, mostly below half a second.'),
  row('ignores-sigterm', 'flag', 'true', 'Only SIGKILL, after the grace period, ends it.'),
  row('serves-while-stopping', 'flag', 'true', 'Serves until it exits. Default: stops serving at SIGTERM.'),
  row(
    'unhealthy-after',
    'duration',
    '60s',
    'This long after start it begins to answer requests and probes with errors.',
  ),
  row('hang-after', 'duration', '60s', 'This long after start it stops answering: callers and probes time out.'),
  row('memory', 'memory', '300Mi', 'Memory it comes to use. Above its limit it is killed for it (OOMKilled).'),
  row('memory-ramp', 'duration', '60s', 'Time in which its memory grows to that. Default: its start-up.'),
  row('cpu', 'cpu', '250m', 'Processor time it uses.'),
  row('cpu-per-request', 'duration', '10ms', 'Processor time that each request costs on top of that. Default: none.'),
  row(
    'metric',
    'quantity',
    '30',
    'With the name of a custom metric as suffix (`metric.jobs`): its value of that, as autoscalers read it. Also on other objects.',
  ),
  row('serve-latency', 'duration', '20ms', 'Time to answer one request. Default: 1 to 5 ms.'),
  row(
    'listen',
    'ports',
    '8080,9090',
    'Ports it listens on. Default: those that it declares, or all if it declares none.',
  ),
  row('calls', 'targets', 'redis:6379', 'What it calls to serve one request: names and ports, separated by commas.'),
  row('log', 'text', 'ready to serve', 'Lines that it writes to its log at its start. Default: by image and command.'),
  row('log-every', 'duration', '10s', 'It writes those lines again and again, this far apart.'),
  row('image-pull', 'registry', 'fail', '`fail`, or how long the pull takes. Default: by the name of the image.'),
]

/** Values of one container's annotations, its own before the Pod's. */
export interface AnnotationValues {
  duration(name: string): Micros | undefined
  integer(name: string): number | undefined
  flag(name: string): boolean | undefined
  memory(name: string): number | undefined
  cpu(name: string): number | undefined
  list(name: string): readonly string[] | undefined
  text(name: string): string | undefined
}

/** What a value that is no value of its kind counts as: nothing. `annotationProblems` tells people. */
export const annotationsOf = (pod: Pick<Pod, 'metadata'>, container: string): AnnotationValues => {
  const { annotations } = pod.metadata
  const text = (name: string): string | undefined =>
    annotations?.[`${ANNOTATION_PREFIX}${name}.${container}`] ?? annotations?.[ANNOTATION_PREFIX + name]
  const valid = (name: string, syntax: Syntax): string | undefined => {
    const found = text(name)
    return found !== undefined && isValid(syntax, found) ? found : undefined
  }
  const number = (name: string, syntax: Syntax, read: (found: string) => number | undefined): number | undefined => {
    const found = valid(name, syntax)
    return found === undefined ? undefined : read(found)
  }
  return {
    duration: (name) => number(name, 'duration', parseDuration),
    integer: (name) => number(name, 'integer', Number),
    memory: (name) => number(name, 'memory', value),
    cpu: (name) => number(name, 'cpu', cpuMillis),
    flag: (name) => {
      const found = valid(name, 'flag')
      return found === undefined ? undefined : found === 'true'
    },
    list: (name) => text(name)?.split(',').map(trim).filter(isNotEmpty),
    text,
  }
}

/** Whether a Pod has any annotation of ours, so that the common case costs one look. */
export const hasWorkloadAnnotations = (pod: Pick<Pod, 'metadata'>): boolean => {
  const { annotations } = pod.metadata
  return annotations !== undefined && Object.keys(annotations).some((name) => name.startsWith(ANNOTATION_PREFIX))
}

/** What is wrong with the annotations of ours on a Pod: unknown names, values that are none. One sentence each. */
export const annotationProblems = (annotations: Readonly<Record<string, string>>): readonly string[] => {
  const problems: string[] = []
  for (const [name, written] of Object.entries(annotations)) {
    if (!name.startsWith(ANNOTATION_PREFIX)) continue
    const known = WORKLOAD_ANNOTATIONS.find((one) => one.name === name || name.startsWith(`${one.name}.`))
    if (known === undefined) problems.push(`${name} is not an annotation of Seatrial`)
    else if (!isValid(known.syntax, written)) {
      problems.push(
        `${name}: ${JSON.stringify(written)} is not a ${known.syntax}, write for example "${known.example}"`,
      )
    }
  }
  return problems
}

const isValid = (syntax: Syntax, text: string): boolean => {
  switch (syntax) {
    case 'duration':
      return parseDuration(text) !== undefined
    case 'integer':
      return /^\d{1,9}$/.test(text)
    case 'flag':
      return text === 'true' || text === 'false'
    case 'memory':
    case 'cpu':
    case 'quantity':
      return either.isRight(parseQuantity(text)) && !text.startsWith('-')
    case 'ports':
      return text.split(',').every((port) => /^\d{1,5}$/.test(trim(port)))
    case 'targets':
      return text.split(',').every((target) => /^[a-z0-9.-]+:\d{1,5}$/.test(trim(target)))
    case 'text':
      return true
    case 'registry':
      return text === 'fail' || parseDuration(text) !== undefined
  }
}

const trim = (text: string): string => text.trim()
const isNotEmpty = (text: string): boolean => text !== ''
