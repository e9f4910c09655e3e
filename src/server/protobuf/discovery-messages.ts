/** Numbers of the fields of what discovery answers. Source: apimachinery/pkg/apis/meta/v1/generated.proto (v1.36). */
export const DISCOVERY_MESSAGES = `
meta/v1.APIGroup name=1 versions=2 preferredVersion=3 serverAddressByClientCIDRs=4
meta/v1.APIGroupList groups=1
meta/v1.APIResource name=1 namespaced=2 kind=3 verbs=4 shortNames=5 singularName=6 categories=7 group=8 version=9 storageVersionHash=10
meta/v1.APIResourceList groupVersion=1 resources=2
meta/v1.APIVersions versions=1 serverAddressByClientCIDRs=2
meta/v1.GroupVersionForDiscovery groupVersion=1 version=2
meta/v1.ServerAddressByClientCIDR clientCIDR=1 serverAddress=2
`
