/** The words of the command line; what a word does is loaded when it is said. */
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { either as E } from 'fp-ts'
import { toStderr } from './colours.ts'
import { parseDuration } from '../chaos/duration.ts'
import { FAULT_GRAMMAR } from '../chaos/fault-script.ts'
import { VERSION } from '../cluster/header.ts'
import type { Speed } from '../cluster/listen.ts'
import type { Micros } from '../events/envelope.ts'
import { minutes } from '../events/time.ts'
import { NODE_GROUP_GRAMMAR } from './autoscaling.ts'
import { BAD_INPUT, isBadInput } from './exit-codes.ts'
import { examples, HELP } from './help.ts'
import type { Words } from './words.ts'

const duration = (text: string): Micros => {
  const parsed = parseDuration(text)
  if (E.isLeft(parsed)) throw new InvalidArgumentError(parsed.left)
  return parsed.right
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('must be a whole number')
  return Number(text)
}

const speed = (text: string): Speed => {
  const factor = Number(text.replace(/x$/, ''))
  if (text === 'max' || text === 'stepped') return text
  if (!(factor > 0)) throw new InvalidArgumentError('must be a factor like 1 or 10x, or max, or stepped')
  return factor
}

const collect = (value: string, before: string[]): string[] => [...before, value]

// Options of several words.

const controlPlane = <const C extends readonly ['1', ...string[]]>(counts: C) =>
  new Option('--control-plane <count>', 'control-plane machines').choices(counts).default('1' as const)

const lasting = (count: number) =>
  new Option('--for <duration>', 'how long to run, in virtual time')
    .argParser(duration)
    .default(minutes(count), `${count}m`)

const nodeGroup = () =>
  new Option(
    '--node-group <group>',
    `machines that cluster-autoscaler adds and removes, ${NODE_GROUP_GRAMMAR}; may be given again`,
  )
    .argParser(collect)
    .default([] as string[])

const addRun = (program: Command, words: () => Words): void => {
  program
    .command('run')
    .description('apply manifests to a simulated cluster, let time pass, and tell what happened')
    .option('-f, --file <path>', 'manifest file or folder, - for stdin; may be given again', collect, [] as string[])
    .argument('[paths...]', 'more manifest files or folders')
    .option('--nodes <count>', 'worker nodes', wholeNumber, 3)
    .addOption(controlPlane(['1', '2', '3']))
    .addOption(lasting(10))
    .option('--seed <number>', 'where all chance comes from', wholeNumber, 1)
    .option(
      '--fault <fault>',
      `"FAULT [at TIME] [for TIME]", FAULT being one of: ${FAULT_GRAMMAR.join('; ')}`,
      collect,
      [] as string[],
    )
    .option('--record <file>', 'write a recording; .gz compresses it')
    .option('--scheduler-config <file>', 'KubeSchedulerConfiguration for kube-scheduler')
    .addOption(nodeGroup())
    .option('--vpa', 'install the VerticalPodAutoscaler', false)
    .option('--server-side', 'apply as kubectl apply --server-side does', false)
    .option('--json', 'print one JSON object instead of a report', false)
    .addHelpText(
      'after',
      examples(
        'seatrial run -f k8s/ --nodes 5',
        "seatrial run -f k8s/ --fault 'crash node-2 at 3m for 5m' --record run.jsonl.gz",
        "seatrial run -f k8s/ --control-plane 3 --fault 'kill etcd-leader at 4m'",
      ) + '\n\nExit code: 0 converged, 1 not converged, 2 bad input.',
    )
    .action(async (paths, options) => {
      const run = await words().run()
      process.exitCode = run({
        files: [...options.file, ...paths],
        nodes: options.nodes,
        controlPlane: Number(options.controlPlane) as 1 | 2 | 3,
        duration: options.for,
        seed: options.seed,
        faults: options.fault,
        record: options.record,
        schedulerConfig: options.schedulerConfig,
        autoscaling: { nodeGroups: options.nodeGroup, vpa: options.vpa },
        json: options.json,
        serverSide: options.serverSide,
      })
    })
}

const addUp = (program: Command, words: () => Words): void => {
  program
    .command('up')
    .description('start a cluster that kubectl, helm and any other client can use, until interrupted')
    .option('-f, --file <path>', 'manifest file or folder to apply; may be given again', collect, [] as string[])
    .option('--nodes <count>', 'worker nodes', wholeNumber, 3)
    .addOption(controlPlane(['1', '3']))
    .option('--port <port>', 'where to listen; 0 for a free one', wholeNumber, 0)
    .option('--kubeconfig <file>', 'write the kubeconfig here and keep it')
    .option('--users <list>', 'client certificates, e.g. alice:system:masters,bob:developers')
    .option('--speed <factor>', 'cluster time per wall-clock time: 1, 10x, max, or stepped by requests', speed, 1)
    .option('--seed <number>', 'where all chance comes from', wholeNumber, 1)
    .option('--record <file>', 'write a recording; .gz compresses it')
    .option('--server-side', 'apply as kubectl apply --server-side does', false)
    .option('--data <folder>', 'keep the cluster here: started again, it goes on where it was')
    .addOption(nodeGroup())
    .option('--vpa', 'install the VerticalPodAutoscaler', false)
    .addHelpText(
      'after',
      examples('seatrial up --nodes 3 -f examples/shop', 'seatrial up --data ./cluster --users bob:developers'),
    )
    .action(async (options) => {
      const up = await words().up()
      const { file, controlPlane, nodeGroup, vpa, ...rest } = options
      const autoscaling = { nodeGroups: nodeGroup, vpa }
      process.exitCode = await up({ ...rest, files: file, controlPlane: controlPlane === '3' ? 3 : 1, autoscaling })
    })
}

const addReplay = (program: Command, words: () => Words): void => {
  program
    .command('replay')
    .description('show a recording: what happened, and the state at its end or at a moment')
    .argument('<file>', 'recording')
    .option('--at <duration>', 'show the state at this moment', duration)
    .option('--json', 'print one JSON object', false)
    .option('--verify', 'run the recording again and compare the digests', false)
    .addHelpText('after', examples('seatrial replay run.jsonl.gz --at 4m', 'seatrial replay run.jsonl.gz --verify'))
    .action(async (file, options) => {
      const replay = await words().replay()
      process.exitCode = replay(file, options)
    })
}

const addWhy = (program: Command, words: () => Words): void => {
  program
    .command('why')
    .description('tell the causal chain that led to an object as it is')
    .argument('<file>', 'recording')
    .argument('<object>', 'KIND/NAME or KIND/NAMESPACE/NAME, e.g. pod/default/web-1')
    .option('--json', 'print the steps as JSON', false)
    .addHelpText(
      'after',
      examples('seatrial why run.jsonl.gz pod/shop/web-5d4f8', 'seatrial why run.jsonl.gz node/node-2'),
    )
    .action(async (file, object, options) => {
      const why = await words().why()
      process.exitCode = why(file, object, options.json)
    })
}

const addExplainSchedule = (program: Command, words: () => Words): void => {
  program
    .command('explain-schedule')
    .description('tell why a Pod is on its node or on none: nodes by plugins, with filters, scores and preemption')
    .argument('<pod>', 'NAME, NAMESPACE/NAME or pod/NAMESPACE/NAME')
    .argument('[recording]', 'recording; else manifests are run, see -f')
    .option('--all', 'run the recording again to tell of every node, not only of some', false)
    .option('-f, --file <path>', 'manifest file or folder to run; may be given again', collect, [] as string[])
    .option('--nodes <count>', 'worker nodes', wholeNumber, 3)
    .addOption(controlPlane(['1', '2', '3']))
    .addOption(lasting(2))
    .option('--seed <number>', 'where all chance comes from', wholeNumber, 1)
    .option('--scheduler-config <file>', 'KubeSchedulerConfiguration for kube-scheduler')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json'] as const).default('table' as const),
    )
    .addHelpText(
      'after',
      examples('seatrial explain-schedule shop/web-5d4f8 run.jsonl.gz', 'seatrial explain-schedule web-0 -f k8s/'),
    )
    .action(async (pod, recording, options) => {
      const explainSchedule = await words().explainSchedule()
      process.exitCode = explainSchedule(pod, {
        recording,
        all: options.all,
        files: options.file,
        nodes: options.nodes,
        controlPlane: Number(options.controlPlane) as 1 | 2 | 3,
        duration: options.for,
        seed: options.seed,
        schedulerConfig: options.schedulerConfig,
        output: options.output,
      })
    })
}

const addDiff = (program: Command, words: () => Words): void => {
  program
    .command('diff')
    .description('find the first event at which two recordings differ')
    .argument('<left>', 'recording')
    .argument('<right>', 'recording')
    .addHelpText('after', '\nExit code: 0 no difference, 1 they differ, 2 bad input.')
    .action(async (left, right) => {
      const diff = await words().diff()
      process.exitCode = diff(left, right)
    })
}

/** @param words what a word does; not called before one is said */
export const main = async (words: () => Words): Promise<void> => {
  const program = new Command('seatrial')
    .description('A whole Kubernetes cluster in one process: run manifests in virtual time, break things, see why.')
    .version(VERSION)
    .showHelpAfterError('(--help tells how it is used)')
    .configureHelp(HELP)
    .exitOverride()
  for (const add of [addRun, addUp, addReplay, addWhy, addExplainSchedule, addDiff]) add(program, words)
  try {
    await program.parseAsync()
  } catch (error) {
    if (isBadInput(error)) {
      for (const line of error.lines) process.stderr.write(`${toStderr.red('error:')} ${line}\n`)
      process.exitCode = BAD_INPUT
    } else if (error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')) {
      process.exitCode = 'exitCode' in error && error.exitCode === 0 ? 0 : BAD_INPUT
    } else throw error
  }
}
