/**
 * An object of a kind as it arrives: the right names and types (schema/decode.ts saw to that), anything may be missing.
 * Defaulting fills it, validation says whether it may become a `T`.
 */
export type Draft<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Draft<Item>[]
    : T extends object
      ? string extends keyof T
        ? { readonly [K in keyof T]: Draft<T[K]> }
        : { readonly [K in keyof T]?: Draft<T[K]> }
      : T
