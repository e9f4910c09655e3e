/** The key with which tokens of service accounts are signed, as clients check them. */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'

const ISSUER = 'https://kubernetes.default.svc'

/** Made when it is first asked for: RSA keys take a while. */
export class ServiceAccountKeys {
  private publicKey: KeyObject | undefined

  jwks(): unknown {
    this.publicKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
    const { n, e } = this.publicKey.export({ format: 'jwk' })
    const der = this.publicKey.export({ type: 'spki', format: 'der' })
    const kid = createHash('sha256').update(der).digest('base64url')
    return { keys: [{ use: 'sig', kty: 'RSA', kid, alg: 'RS256', n, e }] }
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
