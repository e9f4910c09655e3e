import { healthPaths } from '../health.ts'
import { SERVED_VERSIONS } from './documents.ts'

/** What `/` lists. */
export const rootPaths = (): readonly string[] => {
  const groups = new Set(SERVED_VERSIONS.map(({ group }) => group).filter((group) => group !== ''))
  const versions = SERVED_VERSIONS.filter(({ group }) => group !== '').map(
    ({ group, version }) => `/apis/${group}/${version}`,
  )
  const paths = [
    '/.well-known/openid-configuration',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    ...[...groups].map((group) => `/apis/${group}`),
    ...versions,
    ...healthPaths(),
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/openid/v1/jwks',
    '/version',
  ]
  return paths.toSorted()
}
