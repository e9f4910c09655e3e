/**
 * What a kube-apiserver v1.36 serves under which names: made by scripts/discovery-table.ts, not by hand. Read by facts.ts.
 * Derived from the discovery of kube-apiserver v1.36, Apache License 2.0, Copyright The Kubernetes Authors.
 */
export const DISCOVERY_TABLE = `
/v1
bindings binding Binding N create
componentstatuses componentstatus ComponentStatus C get,list cs
configmaps configmap ConfigMap N * cm
endpoints endpoints Endpoints N * ep
events event Event N * ev
limitranges limitrange LimitRange N * limits
namespaces namespace Namespace C create,delete,get,list,patch,update,watch ns
  finalize Namespace update
  status Namespace get,patch,update
nodes node Node C * no
  proxy NodeProxyOptions create,delete,get,patch,update
  status Node get,patch,update
persistentvolumeclaims persistentvolumeclaim PersistentVolumeClaim N * pvc
  status PersistentVolumeClaim get,patch,update
persistentvolumes persistentvolume PersistentVolume C * pv
  status PersistentVolume get,patch,update
pods pod Pod N * po all
  attach PodAttachOptions create,get
  binding Binding create
  ephemeralcontainers Pod get,patch,update
  eviction policy/v1/Eviction create
  exec PodExecOptions create,get
  log Pod get
  portforward PodPortForwardOptions create,get
  proxy PodProxyOptions create,delete,get,patch,update
  resize Pod get,patch,update
  status Pod get,patch,update
podtemplates podtemplate PodTemplate N *
replicationcontrollers replicationcontroller ReplicationController N * rc all
  scale autoscaling/v1/Scale get,patch,update
  status ReplicationController get,patch,update
resourcequotas resourcequota ResourceQuota N * quota
  status ResourceQuota get,patch,update
secrets secret Secret N *
serviceaccounts serviceaccount ServiceAccount N * sa
  token authentication.k8s.io/v1/TokenRequest create
services service Service N * svc all
  proxy ServiceProxyOptions create,delete,get,patch,update
  status Service get,patch,update
apiregistration.k8s.io/v1
apiservices apiservice APIService C *  api-extensions
  status APIService get,patch,update
apps/v1
controllerrevisions controllerrevision ControllerRevision N *
daemonsets daemonset DaemonSet N * ds all
  status DaemonSet get,patch,update
deployments deployment Deployment N * deploy all
  scale autoscaling/v1/Scale get,patch,update
  status Deployment get,patch,update
replicasets replicaset ReplicaSet N * rs all
  scale autoscaling/v1/Scale get,patch,update
  status ReplicaSet get,patch,update
statefulsets statefulset StatefulSet N * sts all
  scale autoscaling/v1/Scale get,patch,update
  status StatefulSet get,patch,update
events.k8s.io/v1
events event Event N * ev
authentication.k8s.io/v1
selfsubjectreviews selfsubjectreview SelfSubjectReview C create
tokenreviews tokenreview TokenReview C create
authorization.k8s.io/v1
localsubjectaccessreviews localsubjectaccessreview LocalSubjectAccessReview N create
selfsubjectaccessreviews selfsubjectaccessreview SelfSubjectAccessReview C create
selfsubjectrulesreviews selfsubjectrulesreview SelfSubjectRulesReview C create
subjectaccessreviews subjectaccessreview SubjectAccessReview C create
autoscaling/v2
horizontalpodautoscalers horizontalpodautoscaler HorizontalPodAutoscaler N * hpa all
  status HorizontalPodAutoscaler get,patch,update
autoscaling/v1
horizontalpodautoscalers horizontalpodautoscaler HorizontalPodAutoscaler N * hpa all
  status HorizontalPodAutoscaler get,patch,update
batch/v1
cronjobs cronjob CronJob N * cj all
  status CronJob get,patch,update
jobs job Job N *  all
  status Job get,patch,update
certificates.k8s.io/v1
certificatesigningrequests certificatesigningrequest CertificateSigningRequest C * csr
  approval CertificateSigningRequest get,patch,update
  status CertificateSigningRequest get,patch,update
networking.k8s.io/v1
ingressclasses ingressclass IngressClass C *
ingresses ingress Ingress N * ing
  status Ingress get,patch,update
ipaddresses ipaddress IPAddress C * ip
networkpolicies networkpolicy NetworkPolicy N * netpol
servicecidrs servicecidr ServiceCIDR C *
  status ServiceCIDR get,patch,update
policy/v1
poddisruptionbudgets poddisruptionbudget PodDisruptionBudget N * pdb
  status PodDisruptionBudget get,patch,update
rbac.authorization.k8s.io/v1
clusterrolebindings clusterrolebinding ClusterRoleBinding C *
clusterroles clusterrole ClusterRole C *
rolebindings rolebinding RoleBinding N *
roles role Role N *
storage.k8s.io/v1
csidrivers csidriver CSIDriver C *
csinodes csinode CSINode C *
csistoragecapacities csistoragecapacity CSIStorageCapacity N *
storageclasses storageclass StorageClass C * sc
volumeattachments volumeattachment VolumeAttachment C *
  status VolumeAttachment get,patch,update
volumeattributesclasses volumeattributesclass VolumeAttributesClass C * vac
admissionregistration.k8s.io/v1
mutatingadmissionpolicies mutatingadmissionpolicy MutatingAdmissionPolicy C *  api-extensions
mutatingadmissionpolicybindings mutatingadmissionpolicybinding MutatingAdmissionPolicyBinding C *  api-extensions
mutatingwebhookconfigurations mutatingwebhookconfiguration MutatingWebhookConfiguration C *  api-extensions
validatingadmissionpolicies validatingadmissionpolicy ValidatingAdmissionPolicy C *  api-extensions
  status ValidatingAdmissionPolicy get,patch,update
validatingadmissionpolicybindings validatingadmissionpolicybinding ValidatingAdmissionPolicyBinding C *  api-extensions
validatingwebhookconfigurations validatingwebhookconfiguration ValidatingWebhookConfiguration C *  api-extensions
apiextensions.k8s.io/v1
customresourcedefinitions customresourcedefinition CustomResourceDefinition C * crd,crds api-extensions
  status CustomResourceDefinition get,patch,update
scheduling.k8s.io/v1
priorityclasses priorityclass PriorityClass C * pc
coordination.k8s.io/v1
leases lease Lease N *
node.k8s.io/v1
runtimeclasses runtimeclass RuntimeClass C *
discovery.k8s.io/v1
endpointslices endpointslice EndpointSlice N *
resource.k8s.io/v1
deviceclasses deviceclass DeviceClass C *
resourceclaims resourceclaim ResourceClaim N *
  status ResourceClaim get,patch,update
resourceclaimtemplates resourceclaimtemplate ResourceClaimTemplate N *
resourceslices resourceslice ResourceSlice C *
flowcontrol.apiserver.k8s.io/v1
flowschemas flowschema FlowSchema C *
  status FlowSchema get,patch,update
prioritylevelconfigurations prioritylevelconfiguration PriorityLevelConfiguration C *
  status PriorityLevelConfiguration get,patch,update
`
