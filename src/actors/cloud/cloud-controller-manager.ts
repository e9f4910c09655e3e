import type { ActorId, Micros } from '../../events/envelope.ts'
import { bootComponent } from '../../engine/client/component.ts'
import type { ClientLimits, Controller } from '../../engine/client/controller.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { seconds } from '../../events/time.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { cloudNodeController } from './node-controller.ts'
import { cloudNodeLifecycleController } from './node-lifecycle-controller.ts'
import { routeController } from './route-controller.ts'
import { serviceController } from './service-controller.ts'

export interface CloudControllerManagerOptions {
  readonly instance: number
  readonly host: string
  /** Whether nodes need routes in the cloud's network. */
  readonly routes: boolean
  readonly servers: readonly ActorId[]
  readonly cursor: () => Cursor
  readonly read: ReadObject
}

const RESTART: Micros = seconds(2)
/** Source: component-base/config/v1alpha1/defaults.go, kubeAPIQPS and kubeAPIBurst of generic controller managers (v1.36). */
const LIMITS: ClientLimits = { qps: 20, burst: 30 }
const NAME = 'cloud-controller-manager'

/** Source: cloud-provider/app/controllermanager.go, DefaultInitFuncConstructors (v1.36). */
export const cloudControllers = ({ routes }: { readonly routes: boolean }): readonly Controller[] => [
  cloudNodeController(routes),
  cloudNodeLifecycleController,
  serviceController,
  ...(routes ? [routeController] : []),
]

export const cloudControllerManagerId = (instance: number): ActorId => `${NAME}/${instance}`

export const cloudControllerManagerProcess = (options: CloudControllerManagerOptions): ProcessSpec => ({
  id: cloudControllerManagerId(options.instance),
  host: options.host,
  restartDelay: RESTART,
  boot: () => bootComponent({ ...options, name: NAME, controllers: cloudControllers(options), limits: LIMITS }),
})
