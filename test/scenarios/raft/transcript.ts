import type { RaftBug } from '../../../src/actors/etcd/raft/bug.ts'
import type { RaftOptions } from '../../../src/actors/etcd/raft/options.ts'
import { Stage } from './stage.ts'

/** A transcript is a list of blocks: comment and commands, `----`, what came of them, an empty line. */
interface Block {
  readonly script: readonly string[]
}

/** Runs a transcript and writes down what came of it: the same text, if all is as before. `bug` is planted in every member. */
export const perform = (text: string, bug?: RaftBug): string => {
  let stage: Stage | undefined
  const written: string[] = []
  for (const { script } of blocksOf(text)) {
    const heard: string[] = []
    for (const line of script) {
      if (line.startsWith('#')) continue
      try {
        const [command = '', ...words] = line.split(' ')
        if (command === 'cluster') stage = new Stage(Number(words[0]), optionsOf(words.slice(1), bug))
        else if (stage === undefined) throw new Error('a transcript begins with a cluster')
        else play(stage, command, words)
      } catch (error) {
        heard.push(...(stage?.lines.splice(0) ?? []), `! ${error instanceof Error ? error.message : String(error)}`)
      }
      heard.push(...(stage?.lines.splice(0) ?? []))
    }
    written.push([...script, '----', ...(heard.length === 0 ? ['ok'] : heard)].join('\n'))
  }
  return `${written.join('\n\n')}\n`
}

const blocksOf = (text: string): readonly Block[] =>
  text
    .trim()
    .split(/\n\n+/)
    .map((block) => {
      const lines = block.split('\n')
      const end = lines.indexOf('----')
      return { script: end === -1 ? lines : lines.slice(0, end) }
    })

const optionsOf = (words: readonly string[], bug: RaftBug | undefined): Partial<RaftOptions> => ({
  bug,
  preVote: !words.includes('no-pre-vote'),
  checkQuorum: !words.includes('no-check-quorum'),
  keptBeforeSnapshot: 0,
  ...(words.includes('one-entry-per-message') ? { messageBytesMax: 1 } : {}),
})

/** The commands of a transcript. Members are named by their number, links as `1>2`, where a part may be missing: `1>`, `>2`. */
const play = (stage: Stage, command: string, words: readonly string[]): void => {
  const [first = '', second = ''] = words
  switch (command) {
    // This member's clock runs out: it stands for election, or sends heartbeats.
    case 'wake':
      for (let times = second === '' ? 1 : Number(second); times > 0; times--) stage.wake(Number(first))
      return
    case 'put': {
      const [key = '', value = ''] = second.split('=')
      return stage.propose(Number(first), { op: 'put', key, value, size: value.length }, second)
    }
    case 'read':
      return stage.read(Number(first))
    case 'add':
      return stage.propose(Number(first), { op: 'member-add', member: Number(second) }, `add ${second}`)
    case 'remove':
      return stage.propose(Number(first), { op: 'member-remove', member: Number(second) }, `remove ${second}`)
    case 'join':
      return stage.join(Number(first))
    case 'transfer':
      return stage.take(Number(first), { type: 'transfer', to: Number(second) })
    case 'unreachable':
      return stage.take(Number(first), { type: 'unreachable', member: Number(second) })
    case 'deliver':
      return stage.deliver(...linkOf(first), second === '' ? undefined : Number(second))
    case 'drop':
      return stage.drop(...linkOf(first))
    case 'apart':
      return stage.keepApart(words.map(Number))
    case 'together':
      return stage.keepApart([])
    case 'slow-disk':
      return stage.slowDisk(Number(first))
    case 'sync':
      return stage.sync(Number(first))
    case 'crash':
      return stage.crash(Number(first))
    case 'restart':
      return stage.restart(Number(first))
    case 'snapshot':
      return stage.snapshot(Number(first))
    case 'status':
      for (const id of stage.ids()) stage.lines.push(stage.describe(id))
      return
    case 'log':
      for (const id of first === '' ? stage.ids() : words.map(Number)) stage.lines.push(stage.describeLog(id))
      return
    // Runs a command without telling what happens.
    case 'quietly': {
      play(stage, first, words.slice(1))
      stage.lines.length = 0
      return
    }
    default:
      throw new Error(`there is no command ${command}`)
  }
}

const linkOf = (link: string): [number | undefined, number | undefined] => {
  if (link === '') return [undefined, undefined]
  const [from = '', to = ''] = link.split('>')
  return [from === '' ? undefined : Number(from), to === '' ? undefined : Number(to)]
}
