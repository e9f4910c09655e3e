/** As a buffer of its own, which is what ASN.1's types hold. */
export const bufferOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer
