/** The key with which tokens of service accounts are signed, as clients check them. */
import { jsonWebKeySet } from '../kubernetes/service-account-tokens/signing-key.ts'

const ISSUER = 'https://kubernetes.default.svc'

export class ServiceAccountKeys {
  jwks(): unknown {
    return jsonWebKeySet()
  }

  configuration(url: string): unknown {
    return {
      issuer: ISSUER,
      jwks_uri: `${url}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }
  }
}
