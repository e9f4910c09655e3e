import { serviceCIDRsController } from '../../../src/actors/controllers/service-cidrs/service-cidrs.ts'
import { made } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

const range = (name: string, cidr: string): ReturnType<typeof made> =>
  made('ServiceCIDR', name, { apiVersion: 'networking.k8s.io/v1', spec: { cidrs: [cidr] } }, { namespace: undefined })

const address = (ip: string): ReturnType<typeof made> =>
  made(
    'IPAddress',
    ip,
    {
      apiVersion: 'networking.k8s.io/v1',
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } },
    },
    { namespace: undefined, labels: { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
  )

/** A range that is used, one that is not, and one that a larger one replaces are deleted. */
export const serviceCIDRs: SmallWorld = {
  name: 'service-cidr-controller',
  controllers: () => [serviceCIDRsController],
  given: [
    range('used', '10.1.0.0/24'),
    range('unused', '10.2.0.0/24'),
    range('small', '10.3.0.0/24'),
    address('10.1.0.9'),
    address('10.3.0.9'),
  ],
  steps: 12,
  script: {
    2: (stage) => stage.delete('ServiceCIDR', 'unused'),
    3: (stage) => {
      stage.delete('ServiceCIDR', 'used')
      stage.delete('ServiceCIDR', 'small')
    },
    5: (stage) => stage.put(range('large', '10.3.0.0/16')),
    8: (stage) => stage.remove('IPAddress', '10.1.0.9'),
  },
  never: (stage) => {
    const has = (name: string): boolean => stage.get('ServiceCIDR', name) !== undefined
    if (stage.get('IPAddress', '10.1.0.9') !== undefined && !has('used')) return 'an address is left without its range'
    return has('small') || has('large') ? undefined : 'an address is left without any range'
  },
  finally: (stage) => {
    const names = stage.list('ServiceCIDR').map(({ metadata }) => metadata.name)
    return names.join() === 'large' ? undefined : `these ranges stay: ${names.join()}`
  },
}
