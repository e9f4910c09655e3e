/**
 * The certificate that --root-ca-file names: what Pods trust an API server by. It is that of the cluster's own authority, as it is made by
 * certificates/authority.ts each time the same: written out here, as every cluster shows it and few ever sign anything.
 */
export const ROOT_CERTIFICATE = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBGjCBzaADAgECAgEBMAUGAytlcDAVMRMwEQYDVQQDDAprdWJlcm5ldGVzMB4X',
  'DTE1MDEwMTAwMDAwMFoXDTQ1MDEwMTAwMDAwMFowFTETMBEGA1UEAwwKa3ViZXJu',
  'ZXRlczAqMAUGAytlcAMhAFoliYdgGXgDI3cYCOKPRw189n5DJ02tVZY7Kvf43WjF',
  'o0IwQDAOBgNVHQ8BAf8EBAMCAqQwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQU',
  '9KUxTMyo9wL1NllpE8+sQBLdxiQwBQYDK2VwA0EAXMS+TeEzr39bhvf5qpex1IqC',
  'T/F7wYDdQB7UsVRegzHamP8YR0NrJQI/ibMR3K1UB9rw1rqXorPbnpcNx/gLAw==',
  '-----END CERTIFICATE-----',
  '',
].join('\n')
