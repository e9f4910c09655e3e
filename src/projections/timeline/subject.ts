/** `pod/web-1`, `pod/shop/web-1` outside the default namespace, `node/node-2`: as one would type it at kubectl. */
export const subject = (object: {
  readonly kind: string
  readonly namespace: string | undefined
  readonly name: string
}): string => {
  const { kind, namespace, name } = object
  const inNamespace = namespace === undefined || namespace === 'default' ? '' : `${namespace}/`
  return `${kind.toLowerCase()}/${inNamespace}${name}`
}
