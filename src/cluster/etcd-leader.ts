import { defineProjection } from '../engine/projection.ts'

/** The member that was elected last; 0 before the first election. */
export interface EtcdLeader {
  member: number
}

export const etcdLeaderProjection = defineProjection<EtcdLeader>({
  name: 'etcd-leader',
  initial: () => ({ member: 0 }),
  on: {
    LeaderElected: (state, { data }) => {
      state.member = data.member
    },
  },
})
