import { signingRequestField } from '../selectable-fields.ts'
import { certificateSigningRequestStrategy } from '../strategy/certificates.ts'
import { row, type KindRow } from './row.ts'

export const CERTIFICATES_ROWS: readonly KindRow[] = [
  row('CertificateSigningRequest', {
    group: 'certificates.k8s.io',
    shortNames: ['csr'],
    clusterScoped: true,
    subresources: ['approval', 'status'],
    strategy: certificateSigningRequestStrategy,
    field: signingRequestField,
  }),
]
