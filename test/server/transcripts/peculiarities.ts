/** What the recorded build has otherwise than upstream, as the transcripts' README says. */
import { isMembers } from './translation.ts'
import { normal } from './normal.ts'

/** `/` without `/readyz/etcd`: the recorded build's readiness doesn't ask etcd. */
export const rootForm = (value: unknown): unknown => {
  const shown = normal(value)
  if (!isMembers(shown) || !Array.isArray(shown['paths'])) return shown
  return { ...shown, paths: shown['paths'].filter((path) => path !== '/readyz/etcd') }
}
