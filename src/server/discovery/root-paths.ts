import { healthPaths } from '../health.ts'
import type { ServedApi } from './served-api.ts'

/** What `/` lists. */
export const rootPaths = (api: ServedApi): readonly string[] => {
  const groups = api.groups.keys()
  const versions = api.versions
    .filter(({ group }) => group !== '')
    .map(({ group, version }) => `/apis/${group}/${version}`)
  const paths = [
    '/.well-known/openid-configuration',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    ...[...groups].map((group) => `/apis/${group}`),
    ...versions,
    ...healthPaths(),
    '/flagz',
    '/metrics',
    '/metrics/slis',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/openid/v1/jwks',
    '/statusz',
    '/version',
  ]
  return paths.toSorted()
}
