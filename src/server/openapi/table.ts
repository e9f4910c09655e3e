/**
 * What the OpenAPI documents of Kubernetes v1.36 tell beyond the structures: made by scripts/schema-table.ts, not by hand. Read by
 * facts.ts. Derived from the OpenAPI documents of kube-apiserver v1.36, Apache License 2.0, Copyright The Kubernetes Authors.
 */
export const FIELD_TABLE = `
admissionregistration/v1.MutatingWebhook sideEffects-
admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec policyName-
admissionregistration/v1.ValidatingWebhook sideEffects-
apiextensions/v1.JSONSchemaProps additionalItems*@apiextensions/v1.JSONSchemaPropsOrBool additionalProperties*@apiextensions/v1.JSONSchemaPropsOrBool default@apiextensions/v1.JSON dependencies@apiextensions/v1.JSONSchemaPropsOrStringArray enum@apiextensions/v1.JSON example*@apiextensions/v1.JSON externalDocs* items*@apiextensions/v1.JSONSchemaPropsOrArray not*
apps/v1.ControllerRevision data@pkg/runtime.RawExtension
apps/v1.StatefulSetOrdinals start=0
apps/v1.StatefulSetSpec serviceName=
apps/v1.StatefulSetStatus availableReplicas=0
authentication/v1.TokenRequestStatus token=
authentication/v1.TokenReviewSpec token-
autoscaling/v1.ScaleSpec replicas=0
batch/v1.PodFailurePolicyOnPodConditionsPattern status=
certificates/v1.CertificateSigningRequestSpec request-
core/v1.AzureDiskVolumeSource readOnly=false
core/v1.ConfigMapEnvSource name=
core/v1.ConfigMapKeySelector name=
core/v1.ConfigMapProjection name=
core/v1.ConfigMapVolumeSource name=
core/v1.ContainerRestartRule action-
core/v1.ContainerRestartRuleOnExitCodes operator-
core/v1.Event reportingComponent= reportingInstance=
core/v1.FileKeySelector optional=false
core/v1.GRPCAction service=
core/v1.ImageVolumeStatus imageRef-
core/v1.LocalObjectReference name=
core/v1.NodeRuntimeHandler name=
core/v1.PodCertificateProjection keyType- signerName-
core/v1.ReplicationControllerSpec minReadySeconds=0 replicas=1
core/v1.SecretEnvSource name=
core/v1.SecretKeySelector name=
core/v1.SecretProjection name=
flowcontrol/v1.FlowSchemaSpec matchingPrecedence=0
flowcontrol/v1.QueuingConfiguration handSize=0 queueLengthLimit=0 queues=0
meta/v1.ManagedFieldsEntry fieldsV1@meta/v1.FieldsV1
meta/v1.WatchEvent object@pkg/runtime.RawExtension
networking/v1.HTTPIngressPath pathType-
networking/v1.IngressRule http*
networking/v1.ParentReference name- resource-
policy/v1.PodDisruptionBudgetStatus currentHealthy=0 desiredHealthy=0 disruptionsAllowed=0 expectedPods=0
rbac/v1.RoleRef apiGroup=
resource/v1.AllocatedDeviceStatus data@pkg/runtime.RawExtension
resource/v1.OpaqueDeviceConfiguration parameters@pkg/runtime.RawExtension
scheduling/v1.PriorityClass value=0
`

export const UNION_TABLE = `
core/v1.AppArmorProfile type localhostProfile
core/v1.PodSchedulingGroup - podGroupName
core/v1.SeccompProfile type localhostProfile
flowcontrol/v1.LimitResponse type queuing
flowcontrol/v1.PriorityLevelConfigurationSpec type exempt limited
flowcontrol/v1.Subject kind group serviceAccount user
`

/** The groups and versions under which DeleteOptions and WatchEvent are registered. */
export const OPTIONS_VERSIONS = `
/v1
admission.k8s.io/v1,v1beta1
admissionregistration.k8s.io/v1,v1alpha1,v1beta1
apiextensions.k8s.io/v1,v1beta1
apiregistration.k8s.io/v1,v1beta1
apps/v1,v1beta1,v1beta2
authentication.k8s.io/v1,v1alpha1,v1beta1
authorization.k8s.io/v1,v1beta1
autoscaling/v1,v2
batch/v1,v1beta1
certificates.k8s.io/v1,v1alpha1,v1beta1
coordination.k8s.io/v1,v1alpha2,v1beta1
discovery.k8s.io/v1,v1beta1
events.k8s.io/v1,v1beta1
extensions/v1beta1
flowcontrol.apiserver.k8s.io/v1,v1beta1,v1beta2,v1beta3
imagepolicy.k8s.io/v1alpha1
internal.apiserver.k8s.io/v1alpha1
networking.k8s.io/v1,v1beta1
node.k8s.io/v1,v1alpha1,v1beta1
policy/v1,v1beta1
rbac.authorization.k8s.io/v1,v1alpha1,v1beta1
resource.k8s.io/v1,v1alpha3,v1beta1,v1beta2
scheduling.k8s.io/v1,v1alpha2,v1beta1
storage.k8s.io/v1,v1alpha1,v1beta1
storagemigration.k8s.io/v1beta1
`
