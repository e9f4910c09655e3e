import { defineProjection, type Projection } from '../engine/projection.ts'
import type { Micros } from '../events/envelope.ts'

/** One run of a container, as its runtime told it. */
export interface ContainerLife {
  /** The runtime's name for it. */
  readonly id: string
  readonly restartCount: number
  readonly startedAt: Micros
  ended: { readonly at: Micros; readonly exitCode: number; readonly reason: string } | undefined
}

export interface ContainerLives {
  /** The newest life and the one before it, oldest first, by Pod uid and container name. */
  readonly byContainer: Map<string, ContainerLife[]>
  /** When requests were answered, by `namespace/name` of the Pod. */
  readonly requests: Map<string, Micros[]>
}

/** A kubelet keeps the dead container before the running one. Source: pkg/kubelet/kubelet.go, MaxPerPodContainerCount 1 (v1.36). */
const LIVES_KEPT = 2
const REQUESTS_KEPT = 500

export const lifeKey = (uid: string, container: string): string => `${uid}/${container}`

/** What logs and connections need to know of containers: their last lives, and what they served. */
export const containerLivesProjection: Projection<ContainerLives> = defineProjection<ContainerLives>({
  name: 'container-lives',
  initial: () => ({ byContainer: new Map(), requests: new Map() }),
  on: {
    ContainerStarted: ({ byContainer }, { at, data }) => {
      const key = lifeKey(data.uid, data.name)
      const life = { id: data.container, restartCount: data.restartCount, startedAt: at, ended: undefined }
      const lives = byContainer.get(key)
      if (lives === undefined) byContainer.set(key, [life])
      else if (lives.push(life) > LIVES_KEPT) lives.shift()
    },
    ContainerExited: ({ byContainer }, { at, data }) => {
      const life = byContainer.get(lifeKey(data.uid, data.name))?.find(({ id }) => id === data.container)
      if (life !== undefined) life.ended = { at, exitCode: data.exitCode, reason: data.reason }
    },
    RemovePod: ({ byContainer }, { data }) => {
      for (const key of byContainer.keys()) if (key.startsWith(`${data.uid}/`)) byContainer.delete(key)
    },
    RequestAnswered: ({ requests }, { at, data }) => {
      if (data.pod === undefined) return
      const served = requests.get(data.pod)
      if (served === undefined) requests.set(data.pod, [at])
      else if (served.push(at) > REQUESTS_KEPT) served.shift()
    },
  },
})
