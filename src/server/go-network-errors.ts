/** Failures of a connection as Go's standard library tells of them. Source: net, crypto/tls, crypto/x509 (Go 1.24). */

type Failure = Error & { readonly code?: string; readonly cert?: { readonly subjectaltname?: string } }

/** Why there was no answer from a server over TLS. */
export const dialProblem = (error: Failure, target: URL): string => {
  const port = target.port === '' ? '443' : target.port
  const address = `${target.hostname}:${port}`
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${address}: connect: connection refused`
    case 'EHOSTUNREACH':
      return `dial tcp ${address}: connect: no route to host`
    case 'ENETUNREACH':
      return `dial tcp ${address}: connect: network is unreachable`
    case 'ETIMEDOUT':
      return `dial tcp ${address}: i/o timeout`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${target.hostname}: no such host`
    case 'ECONNRESET':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return 'EOF'
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'http: server gave HTTP response to HTTPS client'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: ${nameProblem(error, target.hostname)}`
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid'
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'CERT_SIGNATURE_FAILURE':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
    default:
      return error.message
  }
}

const nameProblem = ({ cert }: Failure, host: string): string => {
  const names = (cert?.subjectaltname ?? '').split(', ').map((name) => name.split(':'))
  const of = (kind: string): readonly string[] => names.flatMap(([type, value = '']) => (type === kind ? [value] : []))
  const isAddress = /^[\d.]+$/.test(host)
  const valid = of(isAddress ? 'IP Address' : 'DNS')
  if (isAddress && valid.length === 0) {
    return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`
  }
  return valid.length === 0
    ? `certificate is not valid for any names, but wanted to match ${host}`
    : `certificate is valid for ${valid.join(', ')}, not ${host}`
}
