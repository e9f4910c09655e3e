import type { ResourceTarget } from '../resources.ts'
import { isSet } from './stream-options.ts'

/**
 * What a connection is asked for, as admission sees it and the log tells it: what was run where.
 * Source: api/core/v1/types.go, PodExecOptions, PodPortForwardOptions, PodProxyOptions;
 * apiserver/pkg/endpoints/handlers/rest.go, getRequestOptions (v1.36).
 */
export const connectOptions = ({ subresource, rest }: ResourceTarget, query: URLSearchParams): object => {
  switch (subresource?.name) {
    case 'exec':
    case 'attach': {
      const streams = STREAMS.filter((one) => isSet(query, one)).map((one) => [one, true])
      const command = query.getAll('command')
      return {
        ...Object.fromEntries(streams),
        ...containerOf(query),
        ...(command.length === 0 ? {} : { command }),
      }
    }
    case 'portforward': {
      const ports = query
        .getAll('ports')
        .flatMap((text) => text.split(','))
        .map(Number)
      return ports.length === 0 ? {} : { ports }
    }
    case 'proxy':
      return rest.length === 0 ? {} : { path: `/${rest.join('/')}` }
    default:
      return containerOf(query)
  }
}

const STREAMS = ['stdin', 'stdout', 'stderr', 'tty'] as const

const containerOf = (query: URLSearchParams): object => {
  const container = query.get('container')
  return container === null ? {} : { container }
}
