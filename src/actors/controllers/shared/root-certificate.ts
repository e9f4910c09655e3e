/**
 * The certificate that --root-ca-file names: what Pods trust an API server by.
 * Abridged: no certificate authority is modelled below the HTTP face; Pods mount this as a file.
 */
export const ROOT_CERTIFICATE = '-----BEGIN CERTIFICATE-----\nc2VhdHJpYWw=\n-----END CERTIFICATE-----\n'
