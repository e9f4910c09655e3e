/** Containers and what they are given. Source: staging/src/k8s.io/api/core/v1/types.go (v1.36). */
import type { IntOrString, LocalObjectReference, Quantity, ResourceList, Time } from './meta.ts'

export interface ResourceClaimRef {
  readonly name: string
  readonly request?: string
}

export interface ResourceRequirements {
  readonly limits?: ResourceList
  readonly requests?: ResourceList
  readonly claims?: readonly ResourceClaimRef[]
}

export interface ContainerPort {
  readonly name?: string
  readonly hostPort?: number
  readonly containerPort: number
  /** The API server sets `TCP` where it is absent. */
  readonly protocol?: Protocol
  readonly hostIP?: string
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

export interface KeySelector extends LocalObjectReference {
  readonly key: string
  readonly optional?: boolean
}

export interface ObjectFieldSelector {
  readonly apiVersion?: string
  readonly fieldPath: string
}

export interface ResourceFieldSelector {
  readonly containerName?: string
  readonly resource: string
  readonly divisor?: Quantity
}

export interface EnvVarSource {
  readonly fieldRef?: ObjectFieldSelector
  readonly resourceFieldRef?: ResourceFieldSelector
  readonly configMapKeyRef?: KeySelector
  readonly secretKeyRef?: KeySelector
  readonly fileKeyRef?: {
    readonly volumeName: string
    readonly path: string
    readonly key: string
    readonly optional?: boolean
  }
}

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: EnvVarSource
}

export interface EnvFromSource {
  readonly prefix?: string
  readonly configMapRef?: LocalObjectReference & { readonly optional?: boolean }
  readonly secretRef?: LocalObjectReference & { readonly optional?: boolean }
}

export interface VolumeMount {
  readonly name: string
  readonly readOnly?: boolean
  readonly recursiveReadOnly?: string
  readonly mountPath: string
  readonly subPath?: string
  readonly subPathExpr?: string
  readonly mountPropagation?: string
}

export interface VolumeDevice {
  readonly name: string
  readonly devicePath: string
}

export interface ExecAction {
  readonly command?: readonly string[]
}

export interface HTTPGetAction {
  readonly path?: string
  readonly port: IntOrString
  readonly host?: string
  readonly scheme?: 'HTTP' | 'HTTPS'
  readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[]
}

export interface TCPSocketAction {
  readonly port: IntOrString
  readonly host?: string
}

export interface GRPCAction {
  readonly port: number
  readonly service?: string
}

export interface Probe {
  readonly exec?: ExecAction
  readonly httpGet?: HTTPGetAction
  readonly tcpSocket?: TCPSocketAction
  readonly grpc?: GRPCAction
  readonly initialDelaySeconds?: number
  readonly timeoutSeconds?: number
  readonly periodSeconds?: number
  readonly successThreshold?: number
  readonly failureThreshold?: number
  readonly terminationGracePeriodSeconds?: number
}

export interface LifecycleHandler {
  readonly exec?: ExecAction
  readonly httpGet?: HTTPGetAction
  readonly tcpSocket?: TCPSocketAction
  readonly sleep?: { readonly seconds: number }
}

export interface Lifecycle {
  readonly postStart?: LifecycleHandler
  readonly preStop?: LifecycleHandler
  readonly stopSignal?: string
}

export interface Capabilities {
  readonly add?: readonly string[]
  readonly drop?: readonly string[]
}

export interface SecurityContext {
  readonly capabilities?: Capabilities
  readonly privileged?: boolean
  readonly seLinuxOptions?: Readonly<Record<string, string>>
  readonly windowsOptions?: WindowsOptions
  readonly runAsUser?: number
  readonly runAsGroup?: number
  readonly runAsNonRoot?: boolean
  readonly readOnlyRootFilesystem?: boolean
  readonly allowPrivilegeEscalation?: boolean
  readonly procMount?: string
  readonly seccompProfile?: SecurityProfile
  readonly appArmorProfile?: SecurityProfile
}

export interface WindowsOptions {
  readonly gmsaCredentialSpecName?: string
  readonly gmsaCredentialSpec?: string
  readonly runAsUserName?: string
  readonly hostProcess?: boolean
}

export interface SecurityProfile {
  readonly type: string
  readonly localhostProfile?: string
}

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never'
export type ImagePullPolicy = 'Always' | 'IfNotPresent' | 'Never'

export interface ContainerRestartRule {
  readonly action: 'Restart' | 'RestartAllContainers'
  readonly exitCodes?: { readonly operator: 'In' | 'NotIn'; readonly values?: readonly number[] }
}

export interface Container {
  readonly name: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly workingDir?: string
  readonly ports?: readonly ContainerPort[]
  readonly envFrom?: readonly EnvFromSource[]
  readonly env?: readonly EnvVar[]
  readonly resources?: ResourceRequirements
  readonly resizePolicy?: readonly { readonly resourceName: string; readonly restartPolicy: string }[]
  /** `Always` on an init container makes it a sidecar. */
  readonly restartPolicy?: RestartPolicy
  readonly restartPolicyRules?: readonly ContainerRestartRule[]
  readonly volumeMounts?: readonly VolumeMount[]
  readonly volumeDevices?: readonly VolumeDevice[]
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
  readonly startupProbe?: Probe
  readonly lifecycle?: Lifecycle
  readonly terminationMessagePath?: string
  readonly terminationMessagePolicy?: 'File' | 'FallbackToLogsOnError'
  readonly imagePullPolicy?: ImagePullPolicy
  readonly securityContext?: SecurityContext
  readonly stdin?: boolean
  readonly stdinOnce?: boolean
  readonly tty?: boolean
}

export interface EphemeralContainer extends Container {
  readonly targetContainerName?: string
}

export interface ContainerStateWaiting {
  readonly reason?: string
  readonly message?: string
}

export interface ContainerStateRunning {
  readonly startedAt?: Time
}

export interface ContainerStateTerminated {
  readonly exitCode: number
  readonly signal?: number
  readonly reason?: string
  readonly message?: string
  readonly startedAt?: Time
  readonly finishedAt?: Time
  readonly containerID?: string
}

/** At most one member is set; none means waiting. */
export interface ContainerState {
  readonly waiting?: ContainerStateWaiting
  readonly running?: ContainerStateRunning
  readonly terminated?: ContainerStateTerminated
}

export interface ContainerStatus {
  readonly name: string
  readonly state?: ContainerState
  readonly lastState?: ContainerState
  readonly ready: boolean
  readonly restartCount: number
  readonly image: string
  readonly imageID: string
  readonly containerID?: string
  readonly started?: boolean
  readonly allocatedResources?: ResourceList
  readonly resources?: ResourceRequirements
  readonly volumeMounts?: readonly VolumeMount[]
  readonly user?: { readonly linux?: { readonly uid: number; readonly gid: number } }
  readonly allocatedResourcesStatus?: readonly { readonly name: string }[]
  readonly stopSignal?: string
}
