/** Warnings of Ingresses. Source: pkg/registry/networking/ingress/strategy.go, WarningsOnCreate (v1.36). */
import type { Draft } from '../draft.ts'
import type { Ingress } from '../types/ingress.ts'

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'

export const ingressWarnings = ({ metadata }: Draft<Ingress>): readonly string[] =>
  metadata?.annotations?.[CLASS_ANNOTATION] === undefined
    ? []
    : [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
