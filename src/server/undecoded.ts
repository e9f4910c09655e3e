/** What an API server cannot tell of a body, for it gets it decoded: put into its answers here. */
import { isStatus, undecodable, type Status } from '../kubernetes/status.ts'
import type { ApiAnswer } from './api-bridge.ts'
import type { ResourceTarget } from './resources.ts'

/** What is told of YAML has more in front. */
const NO_OBJECT = /(error unmarshaling JSON: while decoding JSON: )?json: cannot unmarshal string into Go .*$/

/** An API server that gets text for a patch tells that it is text; what is wrong with the text is known here. */
export const withProblem = (answer: ApiAnswer, problem: string): ApiAnswer => {
  const { status } = answer
  if (!isStatus(status) || status.message === undefined) return answer
  const message = status.message.replace(NO_OBJECT, problem)
  return { ...answer, status: { ...status, message } }
}

const STRICT = 'strict decoding error: '

/** Source: apiserver/pkg/endpoints/handlers/create.go: strict decoding errors are refused as they stand, all at once. */
export const strictProblem = (
  { fact, apiVersion }: ResourceTarget,
  refusals: readonly string[],
  answer: ApiAnswer,
): Status => {
  const told = isStatus(answer.status) ? (answer.status.message ?? '') : ''
  const at = told.indexOf(STRICT)
  const all = `${STRICT}${[...refusals, ...(at < 0 ? [] : [told.slice(at + STRICT.length)])].join(', ')}`
  return undecodable(apiVersion, fact.kind, fact.kind, all)
}
