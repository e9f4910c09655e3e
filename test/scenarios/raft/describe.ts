import type { Entry } from '../../../src/actors/etcd/raft/entry.ts'
import type { RaftMessage } from '../../../src/actors/etcd/raft/message.ts'

/** Entries as `index/term` with what they ask for: `3/2 x=1`; empty ones without. */
export const describeEntries = (entries: readonly Entry[], names: ReadonlyMap<number, string>): string =>
  entries
    .map(({ index, term, ref }) => (ref === 0 ? `${index}/${term}` : `${index}/${term} ${names.get(ref) ?? ref}`))
    .join(', ')

/** One message in one line; positions in the log as `index/term`. */
export const describeMessage = ({ type, data }: RaftMessage, names: ReadonlyMap<number, string>): string => {
  switch (type) {
    case 'RequestVote': {
      const kind = data.pre ? ' pre-vote' : data.transfer ? ' transfer' : ''
      return `${type}${kind} term=${data.term} log=${data.lastIndex}/${data.lastTerm}`
    }
    case 'VoteAnswered':
      return `${type}${data.pre ? ' pre-vote' : ''} term=${data.term} ${data.granted ? 'yes' : 'no'}`
    case 'AppendEntries': {
      const place = `${type} term=${data.term} behind=${data.prevIndex}/${data.prevTerm} commit=${data.commit}`
      return data.entries.length === 0 ? place : `${place} [${describeEntries(data.entries, names)}]`
    }
    case 'AppendAnswered':
      return data.rejected
        ? `${type} term=${data.term} not behind ${data.index}, try ${data.hintIndex}/${data.hintTerm}`
        : `${type} term=${data.term} holds ${data.index}`
    case 'Heartbeat':
      return `${type} term=${data.term} commit=${data.commit}${data.read === 0 ? '' : ` read=${data.read}`}`
    case 'HeartbeatAnswered':
      return `${type} term=${data.term}${data.read === 0 ? '' : ` read=${data.read}`}`
    case 'InstallSnapshot':
      return `${type} term=${data.term} up to ${data.index}/${data.snapshotTerm} voters ${data.voters.join(' ')}`
    case 'SnapshotAnswered':
      return `${type} term=${data.term} holds ${data.index}`
    case 'ForwardProposal':
      return `${type} ${data.proposals.map(({ ref }) => names.get(ref) ?? ref).join(', ')}`
    case 'ForwardReadIndex':
      return type
    case 'ReadIndexAnswered':
      return `${type} term=${data.term} index=${data.index}`
    case 'TimeoutNow':
      return `${type} term=${data.term}`
  }
}
