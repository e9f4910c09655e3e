/** Defaults of requests for devices. Source: pkg/apis/resource/v1/defaults.go (v1.36). */
import type {
  DeviceClaim,
  DeviceRequest,
  DeviceToleration,
  ExactDeviceRequest,
  ResourceClaim,
  ResourceClaimTemplate,
} from '../types/resource.ts'
import type { Draft } from '../draft.ts'

export const defaultResourceClaim = (claim: Draft<ResourceClaim>): Draft<ResourceClaim> => ({
  ...claim,
  spec: { ...claim.spec, devices: defaultDevices(claim.spec?.devices ?? {}) },
})

export const defaultResourceClaimTemplate = (template: Draft<ResourceClaimTemplate>): Draft<ResourceClaimTemplate> => ({
  ...template,
  spec: {
    ...template.spec,
    spec: { ...template.spec?.spec, devices: defaultDevices(template.spec?.spec?.devices ?? {}) },
  },
})

const defaultDevices = (devices: Draft<DeviceClaim>): Draft<DeviceClaim> =>
  devices.requests === undefined ? devices : { ...devices, requests: devices.requests.map(defaultRequest) }

function defaultRequest(request: Draft<DeviceRequest>): Draft<DeviceRequest> {
  const { exactly, firstAvailable } = request
  return {
    ...request,
    ...(exactly === undefined ? {} : { exactly: withCount(exactly) }),
    ...(firstAvailable === undefined ? {} : { firstAvailable: firstAvailable.map((one) => withCount(one)) }),
  }
}

/** One device, unless all are asked for. */
function withCount<R extends Draft<Pick<ExactDeviceRequest, 'allocationMode' | 'count' | 'tolerations'>>>(
  request: R,
): R {
  const { tolerations, count = 0 } = request
  const allocationMode = request.allocationMode ?? 'ExactCount'
  return {
    ...request,
    allocationMode,
    ...(allocationMode === 'ExactCount' && count === 0 ? { count: 1 } : {}),
    ...(tolerations === undefined ? {} : { tolerations: tolerations.map(withOperator) }),
  }
}

const withOperator = (toleration: Draft<DeviceToleration>): Draft<DeviceToleration> => ({
  ...toleration,
  operator: toleration.operator ?? 'Equal',
})
