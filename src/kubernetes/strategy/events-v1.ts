/** Events of events.k8s.io/v1. Source: pkg/registry/core/event/strategy.go; pkg/apis/core/validation/events.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import { defaultEvent } from '../defaulting/others.ts'
import type { Event } from '../types/core.ts'
import { validateEventV1, validateEventV1Update } from '../validation/events-v1.ts'
import { defineStrategy, type Strategy } from './strategy.ts'

export const eventsV1Strategy: Strategy<ApiObject> = defineStrategy<Event>({
  defaults: defaultEvent,
  allowCreateOnUpdate: true,
  check: validateEventV1,
  checkUpdate: validateEventV1Update,
}) as Strategy<ApiObject>
