import { ask, type CloudAnswer, type CloudQuestion, type Sync } from '../../engine/client/sync.ts'
import { CLOUD } from './cloud.ts'

/** A call of the cloud's API. */
export const askCloud = (question: CloudQuestion): Sync<CloudAnswer> => ask(CLOUD, question)
