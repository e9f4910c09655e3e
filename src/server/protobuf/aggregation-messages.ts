/**
 * Numbers of the fields of API services, whose structures are in no client.
 * Source: kube-aggregator/pkg/apis/apiregistration/v1/generated.proto (v1.36).
 */
export const AGGREGATION_MESSAGES = `
apiregistration/v1.APIService metadata=1 spec=2 status=3
apiregistration/v1.APIServiceCondition type=1 status=2 lastTransitionTime=3 reason=4 message=5
apiregistration/v1.APIServiceSpec service=1 group=2 version=3 insecureSkipTLSVerify=4 caBundle=5 groupPriorityMinimum=7 versionPriority=8
apiregistration/v1.APIServiceStatus conditions=1
apiregistration/v1.ServiceReference namespace=1 name=2 port=3
`
