/** Requests for certificates as `openssl req` wrote them; whose keys they are of nobody has kept. */

/** A kubelet's, to show to the API server: O=system:nodes, CN=system:node:node-1, P-256. */
export const KUBELET_CLIENT_REQUEST = [
  '-----BEGIN CERTIFICATE REQUEST-----',
  'MIHvMIGWAgEAMDQxFTATBgNVBAoMDHN5c3RlbTpub2RlczEbMBkGA1UEAwwSc3lz',
  'dGVtOm5vZGU6bm9kZS0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECm446JN8',
  'eDeBLO4PiIvt51LsPiKvYcoF3ORwmlk84UF9hG2wO9SAdx0ZqTb8g06HHnyK4CEw',
  'H2UABcxAaJ06jKAAMAoGCCqGSM49BAMCA0gAMEUCIQCVahPvvC2FKwjvX6RRWuil',
  'M6qpphLp0FWY8f1PUk7AGQIgAg5EjAueG7a79vLMS2R/OMw0QQmHoB83/atFSi9F',
  'eis=',
  '-----END CERTIFICATE REQUEST-----',
].join('\n')

/** The same kubelet's, to serve with: DNS:node-1, IP:172.16.0.10, IP:fd00::1. */
export const KUBELET_SERVING_REQUEST = [
  '-----BEGIN CERTIFICATE REQUEST-----',
  'MIIBKzCB0gIBADA0MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxGzAZBgNVBAMMEnN5',
  'c3RlbTpub2RlOm5vZGUtMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABApuOOiT',
  'fHg3gSzuD4iL7edS7D4ir2HKBdzkcJpZPOFBfYRtsDvUgHcdGak2/INOhx58iuAh',
  'MB9lAAXMQGidOoygPDA6BgkqhkiG9w0BCQ4xLTArMCkGA1UdEQQiMCCCBm5vZGUt',
  'MYcErBAACocQ/QAAAAAAAAAAAAAAAAAAATAKBggqhkjOPQQDAgNIADBFAiEA4i+B',
  '7za6fBnMwCfAGtoDioE8rvZ4C8uDQADpjZfVzf0CIBVOT3madHbXhgAVvrJ3E1YJ',
  'n038hjrAi/cjkZJwMr3j',
  '-----END CERTIFICATE REQUEST-----',
].join('\n')

/** A person's: O=dev, CN=jane, RSA. */
export const PERSON_REQUEST = [
  '-----BEGIN CERTIFICATE REQUEST-----',
  'MIICYjCCAUoCAQAwHTEMMAoGA1UECgwDZGV2MQ0wCwYDVQQDDARqYW5lMIIBIjAN',
  'BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAt9v5CrVxQ1Aj3UNVom75dOp9maAu',
  'sgvk1ahpwu74CHIR8GPT2Zlm+smVprXXDJmrDBVYOLPHSmZd5jwY1GGlPidNXB0c',
  '0snA+TFyadms0gK2ihegMhJDtusngIkQ/27Aa3op9J1YhJrlSUESsko2P8yqRlbf',
  'LX2uytWOengvfImqSYXmtNXh4iGXOMTX5A8mOnTwRHgChTE5qWfYpwCrzFHHac05',
  'RsNrh3SHhECXihLhf2j6TwRQWCT1IaYKaEb+ysAA7t/twGZ+iVyCrrUruKzv5xVV',
  'aivUEO+LchQSJvPE9nzacEwNr1YKC28Y/POXBcJaNy8fJzSx9WReZRbFPQIDAQAB',
  'oAAwDQYJKoZIhvcNAQELBQADggEBAA+f6KjmdqCbVgFcGS5fnA82ZSW5CYmaxleo',
  'Fp9fSXKxINzeM4Nmx6eo/gFyKHjwOIlUe7s0TpdFt6cwoPSF/AJtKSeGn0612qiO',
  'Sg0NaqPNE08WgDgIYwyYS6RxjnuYP+Knk8tAyakTQPKVW9OPZ7g8V72U+QRVYHi+',
  'pCWr8qLp+HtMJoO5Xge2J72kpQGvzyBdgomU12Ktm8u+IpZkjlP/8NNoywKwLpAE',
  'IblBRrfSG/FoprmM6x8h1SpGPhMIwSmhSITa8/D+U9IppTXHlR2c7fvliANNs6hL',
  'tx/4ujCuG3JrOKsgX1oL17DzxUasaH4woAsiCFIPaKGjBjjXLQM=',
  '-----END CERTIFICATE REQUEST-----',
].join('\n')
