/**
 * The structure of every built-in kind of Kubernetes v1.36: made by scripts/schema-table.ts, not by hand. Read by reader.ts.
 * Derived from the OpenAPI document of kube-apiserver v1.36, Apache License 2.0, Copyright The Kubernetes Authors.
 */
export const SCHEMA_TABLE = `
admissionregistration/v1.ApplyConfiguration   expression:s
admissionregistration/v1.AuditAnnotation   key!:s valueExpression!:s
admissionregistration/v1.ExpressionWarning   fieldRef!:s warning!:s
admissionregistration/v1.JSONPatch   expression:s
admissionregistration/v1.MatchCondition   expression!:s name!:s
admissionregistration/v1.MatchResources  atomic excludeResourceRules:[@admissionregistration/v1.NamedRuleWithOperations^atomic matchPolicy:s<Equivalent|Exact> namespaceSelector:@meta/v1.LabelSelector objectSelector:@meta/v1.LabelSelector resourceRules:[@admissionregistration/v1.NamedRuleWithOperations^atomic
admissionregistration/v1.MutatingAdmissionPolicy admissionregistration.k8s.io/v1/MutatingAdmissionPolicy  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@admissionregistration/v1.MutatingAdmissionPolicySpec
admissionregistration/v1.MutatingAdmissionPolicyBinding admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@admissionregistration/v1.MutatingAdmissionPolicyBindingSpec
admissionregistration/v1.MutatingAdmissionPolicyBindingSpec   matchResources:@admissionregistration/v1.MatchResources paramRef:@admissionregistration/v1.ParamRef policyName:s
admissionregistration/v1.MutatingAdmissionPolicySpec   failurePolicy:s<Fail|Ignore> matchConditions:[@admissionregistration/v1.MatchCondition^map(name)~merge(name) matchConstraints:@admissionregistration/v1.MatchResources mutations:[@admissionregistration/v1.Mutation^atomic paramKind:@admissionregistration/v1.ParamKind reinvocationPolicy:s<IfNeeded|Never> variables:[@admissionregistration/v1.Variable^atomic
admissionregistration/v1.MutatingWebhook   admissionReviewVersions!:[s^atomic clientConfig!.:@admissionregistration/v1.WebhookClientConfig failurePolicy:s<Fail|Ignore> matchConditions:[@admissionregistration/v1.MatchCondition^map(name)~merge(name) matchPolicy:s<Equivalent|Exact> name!:s namespaceSelector:@meta/v1.LabelSelector objectSelector:@meta/v1.LabelSelector reinvocationPolicy:s<IfNeeded|Never> rules:[@admissionregistration/v1.RuleWithOperations^atomic sideEffects!:s<None|NoneOnDryRun|Some|Unknown> timeoutSeconds:i
admissionregistration/v1.MutatingWebhookConfiguration admissionregistration.k8s.io/v1/MutatingWebhookConfiguration  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta webhooks:[@admissionregistration/v1.MutatingWebhook^map(name)~merge(name)
admissionregistration/v1.Mutation   applyConfiguration:@admissionregistration/v1.ApplyConfiguration jsonPatch:@admissionregistration/v1.JSONPatch patchType!:s<ApplyConfiguration|JSONPatch>
admissionregistration/v1.NamedRuleWithOperations  atomic apiGroups:[s^atomic apiVersions:[s^atomic operations:[s^atomic<*|CONNECT|CREATE|DELETE|UPDATE> resourceNames:[s^atomic resources:[s^atomic scope:s<*|Cluster|Namespaced>
admissionregistration/v1.ParamKind  atomic apiVersion:s kind:s
admissionregistration/v1.ParamRef  atomic name:s namespace:s parameterNotFoundAction:s selector:@meta/v1.LabelSelector
admissionregistration/v1.RuleWithOperations   apiGroups:[s^atomic apiVersions:[s^atomic operations:[s^atomic<*|CONNECT|CREATE|DELETE|UPDATE> resources:[s^atomic scope:s<*|Cluster|Namespaced>
admissionregistration/v1.ServiceReference   name!:s namespace!:s path:s port:i
admissionregistration/v1.TypeChecking   expressionWarnings:[@admissionregistration/v1.ExpressionWarning^atomic
admissionregistration/v1.ValidatingAdmissionPolicy admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@admissionregistration/v1.ValidatingAdmissionPolicySpec status.:@admissionregistration/v1.ValidatingAdmissionPolicyStatus
admissionregistration/v1.ValidatingAdmissionPolicyBinding admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec
admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec   matchResources:@admissionregistration/v1.MatchResources paramRef:@admissionregistration/v1.ParamRef policyName!:s validationActions!:[s^set<Audit|Deny|Warn>
admissionregistration/v1.ValidatingAdmissionPolicySpec   auditAnnotations:[@admissionregistration/v1.AuditAnnotation^atomic failurePolicy:s<Fail|Ignore> matchConditions:[@admissionregistration/v1.MatchCondition^map(name)~merge(name) matchConstraints:@admissionregistration/v1.MatchResources paramKind:@admissionregistration/v1.ParamKind validations:[@admissionregistration/v1.Validation^atomic variables:[@admissionregistration/v1.Variable^map(name)~merge(name)
admissionregistration/v1.ValidatingAdmissionPolicyStatus   conditions:[@meta/v1.Condition^map(type) observedGeneration:l typeChecking:@admissionregistration/v1.TypeChecking
admissionregistration/v1.ValidatingWebhook   admissionReviewVersions!:[s^atomic clientConfig!.:@admissionregistration/v1.WebhookClientConfig failurePolicy:s<Fail|Ignore> matchConditions:[@admissionregistration/v1.MatchCondition^map(name)~merge(name) matchPolicy:s<Equivalent|Exact> name!:s namespaceSelector:@meta/v1.LabelSelector objectSelector:@meta/v1.LabelSelector rules:[@admissionregistration/v1.RuleWithOperations^atomic sideEffects!:s<None|NoneOnDryRun|Some|Unknown> timeoutSeconds:i
admissionregistration/v1.ValidatingWebhookConfiguration admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta webhooks:[@admissionregistration/v1.ValidatingWebhook^map(name)~merge(name)
admissionregistration/v1.Validation   expression!:s message:s messageExpression:s reason:s
admissionregistration/v1.Variable  atomic expression!:s name!:s
admissionregistration/v1.WebhookClientConfig   caBundle:y service:@admissionregistration/v1.ServiceReference url:s
apiextensions/v1.CustomResourceColumnDefinition   description:s format:s jsonPath!:s name!:s priority:i type!:s
apiextensions/v1.CustomResourceConversion   strategy!:s webhook:@apiextensions/v1.WebhookConversion
apiextensions/v1.CustomResourceDefinition apiextensions.k8s.io/v1/CustomResourceDefinition  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@apiextensions/v1.CustomResourceDefinitionSpec status.:@apiextensions/v1.CustomResourceDefinitionStatus
apiextensions/v1.CustomResourceDefinitionCondition   lastTransitionTime:t message:s observedGeneration:l reason:s status!:s type!:s
apiextensions/v1.CustomResourceDefinitionNames   categories:[s^atomic kind!:s listKind:s plural!:s shortNames:[s^atomic singular:s
apiextensions/v1.CustomResourceDefinitionSpec   conversion:@apiextensions/v1.CustomResourceConversion group!:s names!.:@apiextensions/v1.CustomResourceDefinitionNames preserveUnknownFields:b scope!:s versions!:[@apiextensions/v1.CustomResourceDefinitionVersion^atomic
apiextensions/v1.CustomResourceDefinitionStatus   acceptedNames.:@apiextensions/v1.CustomResourceDefinitionNames conditions:[@apiextensions/v1.CustomResourceDefinitionCondition^map(type) observedGeneration:l storedVersions:[s^atomic
apiextensions/v1.CustomResourceDefinitionVersion   additionalPrinterColumns:[@apiextensions/v1.CustomResourceColumnDefinition^atomic deprecated:b deprecationWarning:s name!:s schema:@apiextensions/v1.CustomResourceValidation selectableFields:[@apiextensions/v1.SelectableField^atomic served!:b storage!:b subresources:@apiextensions/v1.CustomResourceSubresources
apiextensions/v1.CustomResourceSubresourceScale   labelSelectorPath:s specReplicasPath!:s statusReplicasPath!:s
apiextensions/v1.CustomResourceSubresourceStatus  
apiextensions/v1.CustomResourceSubresources   scale:@apiextensions/v1.CustomResourceSubresourceScale status:@apiextensions/v1.CustomResourceSubresourceStatus
apiextensions/v1.CustomResourceValidation   openAPIV3Schema:@apiextensions/v1.JSONSchemaProps
apiextensions/v1.ExternalDocumentation   description:s url:s
apiextensions/v1.JSONSchemaProps   $ref:s $schema:s additionalItems:j additionalProperties:j allOf:[@apiextensions/v1.JSONSchemaProps^atomic anyOf:[@apiextensions/v1.JSONSchemaProps^atomic default:j definitions:{@apiextensions/v1.JSONSchemaProps dependencies:{j description:s enum:[j^atomic example:j exclusiveMaximum:b exclusiveMinimum:b externalDocs:@apiextensions/v1.ExternalDocumentation format:s id:s items:j maxItems:l maxLength:l maxProperties:l maximum:n minItems:l minLength:l minProperties:l minimum:n multipleOf:n not:@apiextensions/v1.JSONSchemaProps nullable:b oneOf:[@apiextensions/v1.JSONSchemaProps^atomic pattern:s patternProperties:{@apiextensions/v1.JSONSchemaProps properties:{@apiextensions/v1.JSONSchemaProps required:[s^atomic title:s type:s uniqueItems:b x-kubernetes-embedded-resource:b x-kubernetes-int-or-string:b x-kubernetes-list-map-keys:[s^atomic x-kubernetes-list-type:s x-kubernetes-map-type:s x-kubernetes-preserve-unknown-fields:b x-kubernetes-validations:[@apiextensions/v1.ValidationRule^map(rule)~merge(rule)
apiextensions/v1.SelectableField   jsonPath!:s
apiextensions/v1.ServiceReference   name!:s namespace!:s path:s port:i
apiextensions/v1.ValidationRule   fieldPath:s message:s messageExpression:s optionalOldSelf:b reason:s<FieldValueDuplicate|FieldValueForbidden|FieldValueInvalid|FieldValueRequired> rule!:s
apiextensions/v1.WebhookClientConfig   caBundle:y service:@apiextensions/v1.ServiceReference url:s
apiextensions/v1.WebhookConversion   clientConfig:@apiextensions/v1.WebhookClientConfig conversionReviewVersions!:[s^atomic
apiregistration/v1.APIService apiregistration.k8s.io/v1/APIService  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@apiregistration/v1.APIServiceSpec status.:@apiregistration/v1.APIServiceStatus
apiregistration/v1.APIServiceCondition   lastTransitionTime:t message:s reason:s status!:s type!:s
apiregistration/v1.APIServiceSpec   caBundle:y^atomic group:s groupPriorityMinimum!:i insecureSkipTLSVerify:b service:@apiregistration/v1.ServiceReference version:s versionPriority!:i
apiregistration/v1.APIServiceStatus   conditions:[@apiregistration/v1.APIServiceCondition^map(type)~merge(type)
apiregistration/v1.ServiceReference   name:s namespace:s port:i
apps/v1.ControllerRevision apps/v1/ControllerRevision  apiVersion:s data:o kind:s metadata.:@meta/v1.ObjectMeta revision!:l
apps/v1.DaemonSet apps/v1/DaemonSet  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@apps/v1.DaemonSetSpec status.:@apps/v1.DaemonSetStatus
apps/v1.DaemonSetCondition   lastTransitionTime:t message:s reason:s status!:s type!:s
apps/v1.DaemonSetSpec   minReadySeconds:i revisionHistoryLimit:i selector!:@meta/v1.LabelSelector template!.:@core/v1.PodTemplateSpec updateStrategy.:@apps/v1.DaemonSetUpdateStrategy
apps/v1.DaemonSetStatus   collisionCount:i conditions:[@apps/v1.DaemonSetCondition^map(type)~merge(type) currentNumberScheduled!:i desiredNumberScheduled!:i numberAvailable:i numberMisscheduled!:i numberReady!:i numberUnavailable:i observedGeneration:l updatedNumberScheduled:i
apps/v1.DaemonSetUpdateStrategy   rollingUpdate:@apps/v1.RollingUpdateDaemonSet type:s<OnDelete|RollingUpdate>
apps/v1.Deployment apps/v1/Deployment  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@apps/v1.DeploymentSpec status.:@apps/v1.DeploymentStatus
apps/v1.DeploymentCondition   lastTransitionTime:t lastUpdateTime:t message:s reason:s status!:s type!:s
apps/v1.DeploymentSpec   minReadySeconds:i paused:b progressDeadlineSeconds:i replicas:i revisionHistoryLimit:i selector!:@meta/v1.LabelSelector strategy.:@apps/v1.DeploymentStrategy~retainKeys template!.:@core/v1.PodTemplateSpec
apps/v1.DeploymentStatus   availableReplicas:i collisionCount:i conditions:[@apps/v1.DeploymentCondition^map(type)~merge(type) observedGeneration:l readyReplicas:i replicas:i terminatingReplicas:i unavailableReplicas:i updatedReplicas:i
apps/v1.DeploymentStrategy   rollingUpdate:@apps/v1.RollingUpdateDeployment type:s<Recreate|RollingUpdate>
apps/v1.ReplicaSet apps/v1/ReplicaSet  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@apps/v1.ReplicaSetSpec status.:@apps/v1.ReplicaSetStatus
apps/v1.ReplicaSetCondition   lastTransitionTime:t message:s reason:s status!:s type!:s
apps/v1.ReplicaSetSpec   minReadySeconds:i replicas:i selector!:@meta/v1.LabelSelector template.:@core/v1.PodTemplateSpec
apps/v1.ReplicaSetStatus   availableReplicas:i conditions:[@apps/v1.ReplicaSetCondition^map(type)~merge(type) fullyLabeledReplicas:i observedGeneration:l readyReplicas:i replicas!:i terminatingReplicas:i
apps/v1.RollingUpdateDaemonSet   maxSurge:x maxUnavailable:x
apps/v1.RollingUpdateDeployment   maxSurge:x maxUnavailable:x
apps/v1.RollingUpdateStatefulSetStrategy   maxUnavailable:x partition:i
apps/v1.StatefulSet apps/v1/StatefulSet  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@apps/v1.StatefulSetSpec status.:@apps/v1.StatefulSetStatus
apps/v1.StatefulSetCondition   lastTransitionTime:t message:s reason:s status!:s type!:s
apps/v1.StatefulSetOrdinals   start:i
apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy   whenDeleted:s whenScaled:s
apps/v1.StatefulSetSpec   minReadySeconds:i ordinals:@apps/v1.StatefulSetOrdinals persistentVolumeClaimRetentionPolicy:@apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy podManagementPolicy:s<OrderedReady|Parallel> replicas:i revisionHistoryLimit:i selector!:@meta/v1.LabelSelector serviceName:s= template!.:@core/v1.PodTemplateSpec updateStrategy.:@apps/v1.StatefulSetUpdateStrategy volumeClaimTemplates:[@core/v1.PersistentVolumeClaim^atomic
apps/v1.StatefulSetStatus   availableReplicas:i collisionCount:i conditions:[@apps/v1.StatefulSetCondition^map(type)~merge(type) currentReplicas:i currentRevision:s observedGeneration:l readyReplicas:i replicas!:i updateRevision:s updatedReplicas:i
apps/v1.StatefulSetUpdateStrategy   rollingUpdate:@apps/v1.RollingUpdateStatefulSetStrategy type:s<OnDelete|RollingUpdate>
authentication/v1.BoundObjectReference   apiVersion:s kind:s name:s uid:s
authentication/v1.SelfSubjectReview authentication.k8s.io/v1/SelfSubjectReview  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta status.:@authentication/v1.SelfSubjectReviewStatus
authentication/v1.SelfSubjectReviewStatus   userInfo.:@authentication/v1.UserInfo
authentication/v1.TokenRequest authentication.k8s.io/v1/TokenRequest  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@authentication/v1.TokenRequestSpec status.:@authentication/v1.TokenRequestStatus
authentication/v1.TokenRequestSpec   audiences:[s^atomic boundObjectRef:@authentication/v1.BoundObjectReference expirationSeconds:l
authentication/v1.TokenRequestStatus   expirationTimestamp:t token:s=
authentication/v1.TokenReview authentication.k8s.io/v1/TokenReview  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@authentication/v1.TokenReviewSpec status.:@authentication/v1.TokenReviewStatus
authentication/v1.TokenReviewSpec   audiences:[s^atomic token!:s
authentication/v1.TokenReviewStatus   audiences:[s^atomic authenticated:b error:s user.:@authentication/v1.UserInfo
authentication/v1.UserInfo   extra:{[s groups:[s^atomic uid:s username:s
authorization/v1.FieldSelectorAttributes   rawSelector:s requirements:[@meta/v1.FieldSelectorRequirement^atomic
authorization/v1.LabelSelectorAttributes   rawSelector:s requirements:[@meta/v1.LabelSelectorRequirement^atomic
authorization/v1.LocalSubjectAccessReview authorization.k8s.io/v1/LocalSubjectAccessReview  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@authorization/v1.SubjectAccessReviewSpec status.:@authorization/v1.SubjectAccessReviewStatus
authorization/v1.NonResourceAttributes   path:s verb:s
authorization/v1.NonResourceRule   nonResourceURLs:[s^atomic verbs!:[s^atomic
authorization/v1.ResourceAttributes   fieldSelector:@authorization/v1.FieldSelectorAttributes group:s labelSelector:@authorization/v1.LabelSelectorAttributes name:s namespace:s resource:s subresource:s verb:s version:s
authorization/v1.ResourceRule   apiGroups:[s^atomic resourceNames:[s^atomic resources:[s^atomic verbs!:[s^atomic
authorization/v1.SelfSubjectAccessReview authorization.k8s.io/v1/SelfSubjectAccessReview  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@authorization/v1.SelfSubjectAccessReviewSpec status.:@authorization/v1.SubjectAccessReviewStatus
authorization/v1.SelfSubjectAccessReviewSpec   nonResourceAttributes:@authorization/v1.NonResourceAttributes resourceAttributes:@authorization/v1.ResourceAttributes
authorization/v1.SelfSubjectRulesReview authorization.k8s.io/v1/SelfSubjectRulesReview  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@authorization/v1.SelfSubjectRulesReviewSpec status.:@authorization/v1.SubjectRulesReviewStatus
authorization/v1.SelfSubjectRulesReviewSpec   namespace:s
authorization/v1.SubjectAccessReview authorization.k8s.io/v1/SubjectAccessReview  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@authorization/v1.SubjectAccessReviewSpec status.:@authorization/v1.SubjectAccessReviewStatus
authorization/v1.SubjectAccessReviewSpec   extra:{[s groups:[s^atomic nonResourceAttributes:@authorization/v1.NonResourceAttributes resourceAttributes:@authorization/v1.ResourceAttributes uid:s user:s
authorization/v1.SubjectAccessReviewStatus   allowed!:b denied:b evaluationError:s reason:s
authorization/v1.SubjectRulesReviewStatus   evaluationError:s incomplete!:b nonResourceRules!:[@authorization/v1.NonResourceRule^atomic resourceRules!:[@authorization/v1.ResourceRule^atomic
autoscaling/v1.CrossVersionObjectReference  atomic apiVersion:s kind!:s name!:s
autoscaling/v1.HorizontalPodAutoscaler autoscaling/v1/HorizontalPodAutoscaler  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@autoscaling/v1.HorizontalPodAutoscalerSpec status.:@autoscaling/v1.HorizontalPodAutoscalerStatus
autoscaling/v1.HorizontalPodAutoscalerSpec   maxReplicas!:i minReplicas:i scaleTargetRef!.:@autoscaling/v1.CrossVersionObjectReference targetCPUUtilizationPercentage:i
autoscaling/v1.HorizontalPodAutoscalerStatus   currentCPUUtilizationPercentage:i currentReplicas!:i desiredReplicas!:i lastScaleTime:t observedGeneration:l
autoscaling/v1.Scale autoscaling/v1/Scale  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@autoscaling/v1.ScaleSpec status.:@autoscaling/v1.ScaleStatus
autoscaling/v1.ScaleSpec   replicas:i
autoscaling/v1.ScaleStatus   replicas!:i selector:s
autoscaling/v2.ContainerResourceMetricSource   container!:s name!:s target!.:@autoscaling/v2.MetricTarget
autoscaling/v2.ContainerResourceMetricStatus   container!:s current!.:@autoscaling/v2.MetricValueStatus name!:s
autoscaling/v2.CrossVersionObjectReference   apiVersion:s kind!:s name!:s
autoscaling/v2.ExternalMetricSource   metric!.:@autoscaling/v2.MetricIdentifier target!.:@autoscaling/v2.MetricTarget
autoscaling/v2.ExternalMetricStatus   current!.:@autoscaling/v2.MetricValueStatus metric!.:@autoscaling/v2.MetricIdentifier
autoscaling/v2.HPAScalingPolicy   periodSeconds!:i type!:s value!:i
autoscaling/v2.HPAScalingRules   policies:[@autoscaling/v2.HPAScalingPolicy^atomic selectPolicy:s stabilizationWindowSeconds:i tolerance:q
autoscaling/v2.HorizontalPodAutoscaler autoscaling/v2/HorizontalPodAutoscaler  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@autoscaling/v2.HorizontalPodAutoscalerSpec status.:@autoscaling/v2.HorizontalPodAutoscalerStatus
autoscaling/v2.HorizontalPodAutoscalerBehavior   scaleDown:@autoscaling/v2.HPAScalingRules scaleUp:@autoscaling/v2.HPAScalingRules
autoscaling/v2.HorizontalPodAutoscalerCondition   lastTransitionTime:t message:s reason:s status!:s type!:s
autoscaling/v2.HorizontalPodAutoscalerSpec   behavior:@autoscaling/v2.HorizontalPodAutoscalerBehavior maxReplicas!:i metrics:[@autoscaling/v2.MetricSpec^atomic minReplicas:i scaleTargetRef!.:@autoscaling/v2.CrossVersionObjectReference
autoscaling/v2.HorizontalPodAutoscalerStatus   conditions:[@autoscaling/v2.HorizontalPodAutoscalerCondition^map(type)~merge(type) currentMetrics:[@autoscaling/v2.MetricStatus^atomic currentReplicas:i desiredReplicas!:i lastScaleTime:t observedGeneration:l
autoscaling/v2.MetricIdentifier   name!:s selector:@meta/v1.LabelSelector
autoscaling/v2.MetricSpec   containerResource:@autoscaling/v2.ContainerResourceMetricSource external:@autoscaling/v2.ExternalMetricSource object:@autoscaling/v2.ObjectMetricSource pods:@autoscaling/v2.PodsMetricSource resource:@autoscaling/v2.ResourceMetricSource type!:s
autoscaling/v2.MetricStatus   containerResource:@autoscaling/v2.ContainerResourceMetricStatus external:@autoscaling/v2.ExternalMetricStatus object:@autoscaling/v2.ObjectMetricStatus pods:@autoscaling/v2.PodsMetricStatus resource:@autoscaling/v2.ResourceMetricStatus type!:s
autoscaling/v2.MetricTarget   averageUtilization:i averageValue:q type!:s value:q
autoscaling/v2.MetricValueStatus   averageUtilization:i averageValue:q value:q
autoscaling/v2.ObjectMetricSource   describedObject!.:@autoscaling/v2.CrossVersionObjectReference metric!.:@autoscaling/v2.MetricIdentifier target!.:@autoscaling/v2.MetricTarget
autoscaling/v2.ObjectMetricStatus   current!.:@autoscaling/v2.MetricValueStatus describedObject!.:@autoscaling/v2.CrossVersionObjectReference metric!.:@autoscaling/v2.MetricIdentifier
autoscaling/v2.PodsMetricSource   metric!.:@autoscaling/v2.MetricIdentifier target!.:@autoscaling/v2.MetricTarget
autoscaling/v2.PodsMetricStatus   current!.:@autoscaling/v2.MetricValueStatus metric!.:@autoscaling/v2.MetricIdentifier
autoscaling/v2.ResourceMetricSource   name!:s target!.:@autoscaling/v2.MetricTarget
autoscaling/v2.ResourceMetricStatus   current!.:@autoscaling/v2.MetricValueStatus name!:s
batch/v1.CronJob batch/v1/CronJob  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@batch/v1.CronJobSpec status.:@batch/v1.CronJobStatus
batch/v1.CronJobSpec   concurrencyPolicy:s<Allow|Forbid|Replace> failedJobsHistoryLimit:i jobTemplate!.:@batch/v1.JobTemplateSpec schedule!:s startingDeadlineSeconds:l successfulJobsHistoryLimit:i suspend:b timeZone:s
batch/v1.CronJobStatus   active:[@core/v1.ObjectReference^atomic lastScheduleTime:t lastSuccessfulTime:t
batch/v1.Job batch/v1/Job  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@batch/v1.JobSpec status.:@batch/v1.JobStatus
batch/v1.JobCondition   lastProbeTime:t lastTransitionTime:t message:s reason:s status!:s type!:s
batch/v1.JobSpec   activeDeadlineSeconds:l backoffLimit:i backoffLimitPerIndex:i completionMode:s<Indexed|NonIndexed> completions:i managedBy:s manualSelector:b maxFailedIndexes:i parallelism:i podFailurePolicy:@batch/v1.PodFailurePolicy podReplacementPolicy:s<Failed|TerminatingOrFailed> selector:@meta/v1.LabelSelector successPolicy:@batch/v1.SuccessPolicy suspend:b template!.:@core/v1.PodTemplateSpec ttlSecondsAfterFinished:i
batch/v1.JobStatus   active:i completedIndexes:s completionTime:t conditions:[@batch/v1.JobCondition^atomic~merge(type) failed:i failedIndexes:s ready:i startTime:t succeeded:i terminating:i uncountedTerminatedPods:@batch/v1.UncountedTerminatedPods
batch/v1.JobTemplateSpec   metadata.:@meta/v1.ObjectMeta spec.:@batch/v1.JobSpec
batch/v1.PodFailurePolicy   rules!:[@batch/v1.PodFailurePolicyRule^atomic
batch/v1.PodFailurePolicyOnExitCodesRequirement   containerName:s operator!:s<In|NotIn> values!:[i^set
batch/v1.PodFailurePolicyOnPodConditionsPattern   status:s= type!:s
batch/v1.PodFailurePolicyRule   action!:s<Count|FailIndex|FailJob|Ignore> onExitCodes:@batch/v1.PodFailurePolicyOnExitCodesRequirement onPodConditions:[@batch/v1.PodFailurePolicyOnPodConditionsPattern^atomic
batch/v1.SuccessPolicy   rules!:[@batch/v1.SuccessPolicyRule^atomic
batch/v1.SuccessPolicyRule   succeededCount:i succeededIndexes:s
batch/v1.UncountedTerminatedPods   failed:[s^set succeeded:[s^set
certificates/v1.CertificateSigningRequest certificates.k8s.io/v1/CertificateSigningRequest  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@certificates/v1.CertificateSigningRequestSpec status.:@certificates/v1.CertificateSigningRequestStatus
certificates/v1.CertificateSigningRequestCondition   lastTransitionTime:t lastUpdateTime:t message:s reason:s status!:s type!:s
certificates/v1.CertificateSigningRequestSpec   expirationSeconds:i extra:{[s groups:[s^atomic request!:y signerName!:s uid:s usages:[s^atomic<any|cert_sign|client_auth|code_signing|content_commitment|crl_sign|data_encipherment|decipher_only|digital_signature|email_protection|encipher_only|ipsec_end_system|ipsec_tunnel|ipsec_user|key_agreement|key_encipherment|microsoft_sgc|netscape_sgc|ocsp_signing|s/mime|server_auth|signing|timestamping> username:s
certificates/v1.CertificateSigningRequestStatus   certificate:y conditions:[@certificates/v1.CertificateSigningRequestCondition^map(type)
coordination/v1.Lease coordination.k8s.io/v1/Lease  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@coordination/v1.LeaseSpec
coordination/v1.LeaseSpec   acquireTime:u holderIdentity:s leaseDurationSeconds:i leaseTransitions:i preferredHolder:s renewTime:u strategy:s
core/v1.AWSElasticBlockStoreVolumeSource   fsType:s partition:i readOnly:b volumeID!:s
core/v1.Affinity   nodeAffinity:@core/v1.NodeAffinity podAffinity:@core/v1.PodAffinity podAntiAffinity:@core/v1.PodAntiAffinity
core/v1.AppArmorProfile   localhostProfile:s type!:s<Localhost|RuntimeDefault|Unconfined>
core/v1.AttachedVolume   devicePath!:s name!:s
core/v1.AzureDiskVolumeSource   cachingMode:s=ReadWrite<None|ReadOnly|ReadWrite> diskName!:s diskURI!:s fsType:s=ext4 kind:s=Shared<Dedicated|Managed|Shared> readOnly:b
core/v1.AzureFilePersistentVolumeSource   readOnly:b secretName!:s secretNamespace:s shareName!:s
core/v1.AzureFileVolumeSource   readOnly:b secretName!:s shareName!:s
core/v1.Binding /v1/Binding  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta target!.:@core/v1.ObjectReference
core/v1.CSIPersistentVolumeSource   controllerExpandSecretRef:@core/v1.SecretReference controllerPublishSecretRef:@core/v1.SecretReference driver!:s fsType:s nodeExpandSecretRef:@core/v1.SecretReference nodePublishSecretRef:@core/v1.SecretReference nodeStageSecretRef:@core/v1.SecretReference readOnly:b volumeAttributes:{s volumeHandle!:s
core/v1.CSIVolumeSource   driver!:s fsType:s nodePublishSecretRef:@core/v1.LocalObjectReference readOnly:b volumeAttributes:{s
core/v1.Capabilities   add:[s^atomic drop:[s^atomic
core/v1.CephFSPersistentVolumeSource   monitors!:[s^atomic path:s readOnly:b secretFile:s secretRef:@core/v1.SecretReference user:s
core/v1.CephFSVolumeSource   monitors!:[s^atomic path:s readOnly:b secretFile:s secretRef:@core/v1.LocalObjectReference user:s
core/v1.CinderPersistentVolumeSource   fsType:s readOnly:b secretRef:@core/v1.SecretReference volumeID!:s
core/v1.CinderVolumeSource   fsType:s readOnly:b secretRef:@core/v1.LocalObjectReference volumeID!:s
core/v1.ClientIPConfig   timeoutSeconds:i
core/v1.ClusterTrustBundleProjection   labelSelector:@meta/v1.LabelSelector name:s optional:b path!:s signerName:s
core/v1.ComponentCondition   error:s message:s status!:s type!:s
core/v1.ComponentStatus /v1/ComponentStatus  apiVersion:s conditions:[@core/v1.ComponentCondition^map(type)~merge(type) kind:s metadata.:@meta/v1.ObjectMeta
core/v1.ConfigMap /v1/ConfigMap  apiVersion:s binaryData:{y data:{s immutable:b kind:s metadata.:@meta/v1.ObjectMeta
core/v1.ConfigMapEnvSource   name:s= optional:b
core/v1.ConfigMapKeySelector  atomic key!:s name:s= optional:b
core/v1.ConfigMapNodeConfigSource   kubeletConfigKey!:s name!:s namespace!:s resourceVersion:s uid:s
core/v1.ConfigMapProjection   items:[@core/v1.KeyToPath^atomic name:s= optional:b
core/v1.ConfigMapVolumeSource   defaultMode:i items:[@core/v1.KeyToPath^atomic name:s= optional:b
core/v1.Container   args:[s^atomic command:[s^atomic env:[@core/v1.EnvVar^map(name)~merge(name) envFrom:[@core/v1.EnvFromSource^atomic image:s imagePullPolicy:s<Always|IfNotPresent|Never> lifecycle:@core/v1.Lifecycle livenessProbe:@core/v1.Probe name!:s ports:[@core/v1.ContainerPort^map(containerPort,protocol)~merge(containerPort) readinessProbe:@core/v1.Probe resizePolicy:[@core/v1.ContainerResizePolicy^atomic resources.:@core/v1.ResourceRequirements restartPolicy:s restartPolicyRules:[@core/v1.ContainerRestartRule^atomic securityContext:@core/v1.SecurityContext startupProbe:@core/v1.Probe stdin:b stdinOnce:b terminationMessagePath:s terminationMessagePolicy:s<FallbackToLogsOnError|File> tty:b volumeDevices:[@core/v1.VolumeDevice^map(devicePath)~merge(devicePath) volumeMounts:[@core/v1.VolumeMount^map(mountPath)~merge(mountPath) workingDir:s
core/v1.ContainerExtendedResourceRequest   containerName!:s requestName!:s resourceName!:s
core/v1.ContainerImage   names:[s^atomic sizeBytes:l
core/v1.ContainerPort   containerPort!:i hostIP:s hostPort:i name:s protocol:s=TCP<SCTP|TCP|UDP>
core/v1.ContainerResizePolicy   resourceName!:s restartPolicy!:s
core/v1.ContainerRestartRule   action!:s exitCodes:@core/v1.ContainerRestartRuleOnExitCodes
core/v1.ContainerRestartRuleOnExitCodes   operator!:s values:[i^set
core/v1.ContainerState   running:@core/v1.ContainerStateRunning terminated:@core/v1.ContainerStateTerminated waiting:@core/v1.ContainerStateWaiting
core/v1.ContainerStateRunning   startedAt:t
core/v1.ContainerStateTerminated   containerID:s exitCode!:i finishedAt:t message:s reason:s signal:i startedAt:t
core/v1.ContainerStateWaiting   message:s reason:s
core/v1.ContainerStatus   allocatedResources:{q allocatedResourcesStatus:[@core/v1.ResourceStatus^map(name)~merge(name) containerID:s image!:s imageID!:s lastState.:@core/v1.ContainerState name!:s ready!:b resources:@core/v1.ResourceRequirements restartCount!:i started:b state.:@core/v1.ContainerState stopSignal:s<SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ> user:@core/v1.ContainerUser volumeMounts:[@core/v1.VolumeMountStatus^map(mountPath)~merge(mountPath)
core/v1.ContainerUser   linux:@core/v1.LinuxContainerUser
core/v1.DaemonEndpoint   Port!:i
core/v1.DownwardAPIProjection   items:[@core/v1.DownwardAPIVolumeFile^atomic
core/v1.DownwardAPIVolumeFile   fieldRef:@core/v1.ObjectFieldSelector mode:i path!:s resourceFieldRef:@core/v1.ResourceFieldSelector
core/v1.DownwardAPIVolumeSource   defaultMode:i items:[@core/v1.DownwardAPIVolumeFile^atomic
core/v1.EmptyDirVolumeSource   medium:s sizeLimit:q
core/v1.EndpointAddress  atomic hostname:s ip!:s nodeName:s targetRef:@core/v1.ObjectReference
core/v1.EndpointPort  atomic appProtocol:s name:s port!:i protocol:s<SCTP|TCP|UDP>
core/v1.EndpointSubset   addresses:[@core/v1.EndpointAddress^atomic notReadyAddresses:[@core/v1.EndpointAddress^atomic ports:[@core/v1.EndpointPort^atomic
core/v1.Endpoints /v1/Endpoints  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta subsets:[@core/v1.EndpointSubset^atomic
core/v1.EnvFromSource   configMapRef:@core/v1.ConfigMapEnvSource prefix:s secretRef:@core/v1.SecretEnvSource
core/v1.EnvVar   name!:s value:s valueFrom:@core/v1.EnvVarSource
core/v1.EnvVarSource   configMapKeyRef:@core/v1.ConfigMapKeySelector fieldRef:@core/v1.ObjectFieldSelector fileKeyRef:@core/v1.FileKeySelector resourceFieldRef:@core/v1.ResourceFieldSelector secretKeyRef:@core/v1.SecretKeySelector
core/v1.EphemeralContainer   args:[s^atomic command:[s^atomic env:[@core/v1.EnvVar^map(name)~merge(name) envFrom:[@core/v1.EnvFromSource^atomic image:s imagePullPolicy:s<Always|IfNotPresent|Never> lifecycle:@core/v1.Lifecycle livenessProbe:@core/v1.Probe name!:s ports:[@core/v1.ContainerPort^map(containerPort,protocol)~merge(containerPort) readinessProbe:@core/v1.Probe resizePolicy:[@core/v1.ContainerResizePolicy^atomic resources.:@core/v1.ResourceRequirements restartPolicy:s restartPolicyRules:[@core/v1.ContainerRestartRule^atomic securityContext:@core/v1.SecurityContext startupProbe:@core/v1.Probe stdin:b stdinOnce:b targetContainerName:s terminationMessagePath:s terminationMessagePolicy:s<FallbackToLogsOnError|File> tty:b volumeDevices:[@core/v1.VolumeDevice^map(devicePath)~merge(devicePath) volumeMounts:[@core/v1.VolumeMount^map(mountPath)~merge(mountPath) workingDir:s
core/v1.EphemeralVolumeSource   volumeClaimTemplate:@core/v1.PersistentVolumeClaimTemplate
core/v1.Event /v1/Event  action:s apiVersion:s count:i eventTime:u firstTimestamp:t involvedObject!.:@core/v1.ObjectReference kind:s lastTimestamp:t message:s metadata!.:@meta/v1.ObjectMeta reason:s related:@core/v1.ObjectReference reportingComponent:s= reportingInstance:s= series:@core/v1.EventSeries source.:@core/v1.EventSource type:s
core/v1.EventSeries   count:i lastObservedTime:u
core/v1.EventSource   component:s host:s
core/v1.ExecAction   command:[s^atomic
core/v1.FCVolumeSource   fsType:s lun:i readOnly:b targetWWNs:[s^atomic wwids:[s^atomic
core/v1.FileKeySelector  atomic key!:s optional:b path!:s volumeName!:s
core/v1.FlexPersistentVolumeSource   driver!:s fsType:s options:{s readOnly:b secretRef:@core/v1.SecretReference
core/v1.FlexVolumeSource   driver!:s fsType:s options:{s readOnly:b secretRef:@core/v1.LocalObjectReference
core/v1.FlockerVolumeSource   datasetName:s datasetUUID:s
core/v1.GCEPersistentDiskVolumeSource   fsType:s partition:i pdName!:s readOnly:b
core/v1.GRPCAction   port!:i service:s=
core/v1.GitRepoVolumeSource   directory:s repository!:s revision:s
core/v1.GlusterfsPersistentVolumeSource   endpoints!:s endpointsNamespace:s path!:s readOnly:b
core/v1.GlusterfsVolumeSource   endpoints!:s path!:s readOnly:b
core/v1.HTTPGetAction   host:s httpHeaders:[@core/v1.HTTPHeader^atomic path:s port!:x scheme:s<HTTP|HTTPS>
core/v1.HTTPHeader   name!:s value!:s
core/v1.HostAlias   hostnames:[s^atomic ip!:s
core/v1.HostIP   ip!:s
core/v1.HostPathVolumeSource   path!:s type:s<|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket>
core/v1.ISCSIPersistentVolumeSource   chapAuthDiscovery:b chapAuthSession:b fsType:s initiatorName:s iqn!:s iscsiInterface:s=default lun!:i portals:[s^atomic readOnly:b secretRef:@core/v1.SecretReference targetPortal!:s
core/v1.ISCSIVolumeSource   chapAuthDiscovery:b chapAuthSession:b fsType:s initiatorName:s iqn!:s iscsiInterface:s=default lun!:i portals:[s^atomic readOnly:b secretRef:@core/v1.LocalObjectReference targetPortal!:s
core/v1.ImageVolumeSource   pullPolicy:s<Always|IfNotPresent|Never> reference:s
core/v1.ImageVolumeStatus   imageRef!:s
core/v1.KeyToPath   key!:s mode:i path!:s
core/v1.Lifecycle   postStart:@core/v1.LifecycleHandler preStop:@core/v1.LifecycleHandler stopSignal:s<SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ>
core/v1.LifecycleHandler   exec:@core/v1.ExecAction httpGet:@core/v1.HTTPGetAction sleep:@core/v1.SleepAction tcpSocket:@core/v1.TCPSocketAction
core/v1.LimitRange /v1/LimitRange  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@core/v1.LimitRangeSpec
core/v1.LimitRangeItem   default:{q defaultRequest:{q max:{q maxLimitRequestRatio:{q min:{q type!:s
core/v1.LimitRangeSpec   limits!:[@core/v1.LimitRangeItem^atomic
core/v1.LinuxContainerUser   gid!:l supplementalGroups:[l^atomic uid!:l
core/v1.LoadBalancerIngress   hostname:s ip:s ipMode:s ports:[@core/v1.PortStatus^atomic
core/v1.LoadBalancerStatus   ingress:[@core/v1.LoadBalancerIngress^atomic
core/v1.LocalObjectReference  atomic name:s=
core/v1.LocalVolumeSource   fsType:s path!:s
core/v1.ModifyVolumeStatus   status!:s<InProgress|Infeasible|Pending> targetVolumeAttributesClassName:s
core/v1.NFSVolumeSource   path!:s readOnly:b server!:s
core/v1.Namespace /v1/Namespace  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@core/v1.NamespaceSpec status.:@core/v1.NamespaceStatus
core/v1.NamespaceCondition   lastTransitionTime:t message:s reason:s status!:s type!:s
core/v1.NamespaceSpec   finalizers:[s^atomic
core/v1.NamespaceStatus   conditions:[@core/v1.NamespaceCondition^map(type)~merge(type) phase:s<Active|Terminating>
core/v1.Node /v1/Node  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@core/v1.NodeSpec status.:@core/v1.NodeStatus
core/v1.NodeAddress   address!:s type!:s
core/v1.NodeAffinity   preferredDuringSchedulingIgnoredDuringExecution:[@core/v1.PreferredSchedulingTerm^atomic requiredDuringSchedulingIgnoredDuringExecution:@core/v1.NodeSelector
core/v1.NodeAllocatableResourceClaimStatus   containers:[s^set resourceClaimName!:s resources!:{q
core/v1.NodeCondition   lastHeartbeatTime:t lastTransitionTime:t message:s reason:s status!:s type!:s
core/v1.NodeConfigSource   configMap:@core/v1.ConfigMapNodeConfigSource
core/v1.NodeConfigStatus   active:@core/v1.NodeConfigSource assigned:@core/v1.NodeConfigSource error:s lastKnownGood:@core/v1.NodeConfigSource
core/v1.NodeDaemonEndpoints   kubeletEndpoint.:@core/v1.DaemonEndpoint
core/v1.NodeFeatures   supplementalGroupsPolicy:b
core/v1.NodeRuntimeHandler   features:@core/v1.NodeRuntimeHandlerFeatures name:s=
core/v1.NodeRuntimeHandlerFeatures   recursiveReadOnlyMounts:b userNamespaces:b
core/v1.NodeSelector  atomic nodeSelectorTerms!:[@core/v1.NodeSelectorTerm^atomic
core/v1.NodeSelectorRequirement   key!:s operator!:s<DoesNotExist|Exists|Gt|In|Lt|NotIn> values:[s^atomic
core/v1.NodeSelectorTerm  atomic matchExpressions:[@core/v1.NodeSelectorRequirement^atomic matchFields:[@core/v1.NodeSelectorRequirement^atomic
core/v1.NodeSpec   configSource:@core/v1.NodeConfigSource externalID:s podCIDR:s podCIDRs:[s^set~merge providerID:s taints:[@core/v1.Taint^atomic unschedulable:b
core/v1.NodeStatus   addresses:[@core/v1.NodeAddress^map(type)~merge(type) allocatable:{q capacity:{q conditions:[@core/v1.NodeCondition^map(type)~merge(type) config:@core/v1.NodeConfigStatus daemonEndpoints.:@core/v1.NodeDaemonEndpoints declaredFeatures:[s^atomic features:@core/v1.NodeFeatures images:[@core/v1.ContainerImage^atomic nodeInfo.:@core/v1.NodeSystemInfo phase:s<Pending|Running|Terminated> runtimeHandlers:[@core/v1.NodeRuntimeHandler^atomic volumesAttached:[@core/v1.AttachedVolume^atomic volumesInUse:[s^atomic
core/v1.NodeSwapStatus   capacity:l
core/v1.NodeSystemInfo   architecture!:s bootID!:s containerRuntimeVersion!:s kernelVersion!:s kubeProxyVersion!:s kubeletVersion!:s machineID!:s operatingSystem!:s osImage!:s swap:@core/v1.NodeSwapStatus systemUUID!:s
core/v1.ObjectFieldSelector  atomic apiVersion:s fieldPath!:s
core/v1.ObjectReference  atomic apiVersion:s fieldPath:s kind:s name:s namespace:s resourceVersion:s uid:s
core/v1.PersistentVolume /v1/PersistentVolume  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@core/v1.PersistentVolumeSpec status.:@core/v1.PersistentVolumeStatus
core/v1.PersistentVolumeClaim /v1/PersistentVolumeClaim  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@core/v1.PersistentVolumeClaimSpec status.:@core/v1.PersistentVolumeClaimStatus
core/v1.PersistentVolumeClaimCondition   lastProbeTime:t lastTransitionTime:t message:s reason:s status!:s type!:s
core/v1.PersistentVolumeClaimSpec   accessModes:[s^atomic<ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod> dataSource:@core/v1.TypedLocalObjectReference dataSourceRef:@core/v1.TypedObjectReference resources.:@core/v1.VolumeResourceRequirements selector:@meta/v1.LabelSelector storageClassName:s volumeAttributesClassName:s volumeMode:s<Block|Filesystem> volumeName:s
core/v1.PersistentVolumeClaimStatus   accessModes:[s^atomic<ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod> allocatedResourceStatuses:{s%granular<ControllerResizeInProgress|ControllerResizeInfeasible|NodeResizeInProgress|NodeResizeInfeasible|NodeResizePending> allocatedResources:{q capacity:{q conditions:[@core/v1.PersistentVolumeClaimCondition^map(type)~merge(type) currentVolumeAttributesClassName:s modifyVolumeStatus:@core/v1.ModifyVolumeStatus phase:s<Bound|Lost|Pending>
core/v1.PersistentVolumeClaimTemplate   metadata.:@meta/v1.ObjectMeta spec!.:@core/v1.PersistentVolumeClaimSpec
core/v1.PersistentVolumeClaimVolumeSource   claimName!:s readOnly:b
core/v1.PersistentVolumeSpec   accessModes:[s^atomic<ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod> awsElasticBlockStore:@core/v1.AWSElasticBlockStoreVolumeSource azureDisk:@core/v1.AzureDiskVolumeSource azureFile:@core/v1.AzureFilePersistentVolumeSource capacity:{q cephfs:@core/v1.CephFSPersistentVolumeSource cinder:@core/v1.CinderPersistentVolumeSource claimRef:@core/v1.ObjectReference%granular csi:@core/v1.CSIPersistentVolumeSource fc:@core/v1.FCVolumeSource flexVolume:@core/v1.FlexPersistentVolumeSource flocker:@core/v1.FlockerVolumeSource gcePersistentDisk:@core/v1.GCEPersistentDiskVolumeSource glusterfs:@core/v1.GlusterfsPersistentVolumeSource hostPath:@core/v1.HostPathVolumeSource iscsi:@core/v1.ISCSIPersistentVolumeSource local:@core/v1.LocalVolumeSource mountOptions:[s^atomic nfs:@core/v1.NFSVolumeSource nodeAffinity:@core/v1.VolumeNodeAffinity persistentVolumeReclaimPolicy:s<Delete|Recycle|Retain> photonPersistentDisk:@core/v1.PhotonPersistentDiskVolumeSource portworxVolume:@core/v1.PortworxVolumeSource quobyte:@core/v1.QuobyteVolumeSource rbd:@core/v1.RBDPersistentVolumeSource scaleIO:@core/v1.ScaleIOPersistentVolumeSource storageClassName:s storageos:@core/v1.StorageOSPersistentVolumeSource volumeAttributesClassName:s volumeMode:s<Block|Filesystem> vsphereVolume:@core/v1.VsphereVirtualDiskVolumeSource
core/v1.PersistentVolumeStatus   lastPhaseTransitionTime:t message:s phase:s<Available|Bound|Failed|Pending|Released> reason:s
core/v1.PhotonPersistentDiskVolumeSource   fsType:s pdID!:s
core/v1.Pod /v1/Pod  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@core/v1.PodSpec status.:@core/v1.PodStatus
core/v1.PodAffinity   preferredDuringSchedulingIgnoredDuringExecution:[@core/v1.WeightedPodAffinityTerm^atomic requiredDuringSchedulingIgnoredDuringExecution:[@core/v1.PodAffinityTerm^atomic
core/v1.PodAffinityTerm   labelSelector:@meta/v1.LabelSelector matchLabelKeys:[s^atomic mismatchLabelKeys:[s^atomic namespaceSelector:@meta/v1.LabelSelector namespaces:[s^atomic topologyKey!:s
core/v1.PodAntiAffinity   preferredDuringSchedulingIgnoredDuringExecution:[@core/v1.WeightedPodAffinityTerm^atomic requiredDuringSchedulingIgnoredDuringExecution:[@core/v1.PodAffinityTerm^atomic
core/v1.PodCertificateProjection   certificateChainPath:s credentialBundlePath:s keyPath:s keyType!:s maxExpirationSeconds:i signerName!:s userAnnotations:{s
core/v1.PodCondition   lastProbeTime:t lastTransitionTime:t message:s observedGeneration:l reason:s status!:s type!:s
core/v1.PodDNSConfig   nameservers:[s^atomic options:[@core/v1.PodDNSConfigOption^atomic searches:[s^atomic
core/v1.PodDNSConfigOption   name:s value:s
core/v1.PodExtendedResourceClaimStatus   requestMappings!:[@core/v1.ContainerExtendedResourceRequest^atomic resourceClaimName!:s
core/v1.PodIP   ip!:s
core/v1.PodOS   name!:s
core/v1.PodReadinessGate   conditionType!:s
core/v1.PodResourceClaim   name!:s resourceClaimName:s resourceClaimTemplateName:s
core/v1.PodResourceClaimStatus   name!:s resourceClaimName:s
core/v1.PodSchedulingGate   name!:s
core/v1.PodSchedulingGroup   podGroupName:s
core/v1.PodSecurityContext   appArmorProfile:@core/v1.AppArmorProfile fsGroup:l fsGroupChangePolicy:s<Always|OnRootMismatch> runAsGroup:l runAsNonRoot:b runAsUser:l seLinuxChangePolicy:s seLinuxOptions:@core/v1.SELinuxOptions seccompProfile:@core/v1.SeccompProfile supplementalGroups:[l^atomic supplementalGroupsPolicy:s<Merge|Strict> sysctls:[@core/v1.Sysctl^atomic windowsOptions:@core/v1.WindowsSecurityContextOptions
core/v1.PodSpec   activeDeadlineSeconds:l affinity:@core/v1.Affinity automountServiceAccountToken:b containers!:[@core/v1.Container^map(name)~merge(name) dnsConfig:@core/v1.PodDNSConfig dnsPolicy:s<ClusterFirst|ClusterFirstWithHostNet|Default|None> enableServiceLinks:b ephemeralContainers:[@core/v1.EphemeralContainer^map(name)~merge(name) hostAliases:[@core/v1.HostAlias^map(ip)~merge(ip) hostIPC:b hostNetwork:b hostPID:b hostUsers:b hostname:s hostnameOverride:s imagePullSecrets:[@core/v1.LocalObjectReference^map(name)~merge(name) initContainers:[@core/v1.Container^map(name)~merge(name) nodeName:s nodeSelector:{s%atomic os:@core/v1.PodOS overhead:{q preemptionPolicy:s<Never|PreemptLowerPriority> priority:i priorityClassName:s readinessGates:[@core/v1.PodReadinessGate^atomic resourceClaims:[@core/v1.PodResourceClaim^map(name)~merge,retainKeys(name) resources:@core/v1.ResourceRequirements restartPolicy:s<Always|Never|OnFailure> runtimeClassName:s schedulerName:s schedulingGates:[@core/v1.PodSchedulingGate^map(name)~merge(name) schedulingGroup:@core/v1.PodSchedulingGroup securityContext:@core/v1.PodSecurityContext serviceAccount:s serviceAccountName:s setHostnameAsFQDN:b shareProcessNamespace:b subdomain:s terminationGracePeriodSeconds:l tolerations:[@core/v1.Toleration^atomic topologySpreadConstraints:[@core/v1.TopologySpreadConstraint^map(topologyKey,whenUnsatisfiable)~merge(topologyKey) volumes:[@core/v1.Volume^map(name)~merge,retainKeys(name)
core/v1.PodStatus   allocatedResources:{q conditions:[@core/v1.PodCondition^map(type)~merge(type) containerStatuses:[@core/v1.ContainerStatus^atomic ephemeralContainerStatuses:[@core/v1.ContainerStatus^atomic extendedResourceClaimStatus:@core/v1.PodExtendedResourceClaimStatus hostIP:s hostIPs:[@core/v1.HostIP^atomic~merge(ip) initContainerStatuses:[@core/v1.ContainerStatus^atomic message:s nodeAllocatableResourceClaimStatuses:[@core/v1.NodeAllocatableResourceClaimStatus^atomic nominatedNodeName:s observedGeneration:l phase:s<Failed|Pending|Running|Succeeded|Unknown> podIP:s podIPs:[@core/v1.PodIP^map(ip)~merge(ip) qosClass:s<BestEffort|Burstable|Guaranteed> reason:s resize:s resourceClaimStatuses:[@core/v1.PodResourceClaimStatus^map(name)~merge,retainKeys(name) resources:@core/v1.ResourceRequirements startTime:t
core/v1.PodTemplate /v1/PodTemplate  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta template.:@core/v1.PodTemplateSpec
core/v1.PodTemplateSpec   metadata.:@meta/v1.ObjectMeta spec.:@core/v1.PodSpec
core/v1.PortStatus   error:s port!:i protocol!:s<SCTP|TCP|UDP>
core/v1.PortworxVolumeSource   fsType:s readOnly:b volumeID!:s
core/v1.PreferredSchedulingTerm   preference!.:@core/v1.NodeSelectorTerm weight!:i
core/v1.Probe   exec:@core/v1.ExecAction failureThreshold:i grpc:@core/v1.GRPCAction httpGet:@core/v1.HTTPGetAction initialDelaySeconds:i periodSeconds:i successThreshold:i tcpSocket:@core/v1.TCPSocketAction terminationGracePeriodSeconds:l timeoutSeconds:i
core/v1.ProjectedVolumeSource   defaultMode:i sources:[@core/v1.VolumeProjection^atomic
core/v1.QuobyteVolumeSource   group:s readOnly:b registry!:s tenant:s user:s volume!:s
core/v1.RBDPersistentVolumeSource   fsType:s image!:s keyring:s=/etc/ceph/keyring monitors!:[s^atomic pool:s=rbd readOnly:b secretRef:@core/v1.SecretReference user:s=admin
core/v1.RBDVolumeSource   fsType:s image!:s keyring:s=/etc/ceph/keyring monitors!:[s^atomic pool:s=rbd readOnly:b secretRef:@core/v1.LocalObjectReference user:s=admin
core/v1.ReplicationController /v1/ReplicationController  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@core/v1.ReplicationControllerSpec status.:@core/v1.ReplicationControllerStatus
core/v1.ReplicationControllerCondition   lastTransitionTime:t message:s reason:s status!:s type!:s
core/v1.ReplicationControllerSpec   minReadySeconds:i replicas:i selector:{s%atomic template:@core/v1.PodTemplateSpec
core/v1.ReplicationControllerStatus   availableReplicas:i conditions:[@core/v1.ReplicationControllerCondition^map(type)~merge(type) fullyLabeledReplicas:i observedGeneration:l readyReplicas:i replicas!:i
core/v1.ResourceClaim   name!:s request:s
core/v1.ResourceFieldSelector  atomic containerName:s divisor:q resource!:s
core/v1.ResourceHealth   health:s message:s resourceID!:s
core/v1.ResourceQuota /v1/ResourceQuota  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@core/v1.ResourceQuotaSpec status.:@core/v1.ResourceQuotaStatus
core/v1.ResourceQuotaSpec   hard:{q scopeSelector:@core/v1.ScopeSelector scopes:[s^atomic<BestEffort|CrossNamespacePodAffinity|NotBestEffort|NotTerminating|PriorityClass|Terminating|VolumeAttributesClass>
core/v1.ResourceQuotaStatus   hard:{q used:{q
core/v1.ResourceRequirements   claims:[@core/v1.ResourceClaim^map(name) limits:{q requests:{q
core/v1.ResourceStatus   name!:s resources:[@core/v1.ResourceHealth^map(resourceID)
core/v1.SELinuxOptions   level:s role:s type:s user:s
core/v1.ScaleIOPersistentVolumeSource   fsType:s=xfs gateway!:s protectionDomain:s readOnly:b secretRef!:@core/v1.SecretReference sslEnabled:b storageMode:s=ThinProvisioned storagePool:s system!:s volumeName:s
core/v1.ScaleIOVolumeSource   fsType:s=xfs gateway!:s protectionDomain:s readOnly:b secretRef!:@core/v1.LocalObjectReference sslEnabled:b storageMode:s=ThinProvisioned storagePool:s system!:s volumeName:s
core/v1.ScopeSelector  atomic matchExpressions:[@core/v1.ScopedResourceSelectorRequirement^atomic
core/v1.ScopedResourceSelectorRequirement   operator!:s<DoesNotExist|Exists|In|NotIn> scopeName!:s<BestEffort|CrossNamespacePodAffinity|NotBestEffort|NotTerminating|PriorityClass|Terminating|VolumeAttributesClass> values:[s^atomic
core/v1.SeccompProfile   localhostProfile:s type!:s<Localhost|RuntimeDefault|Unconfined>
core/v1.Secret /v1/Secret  apiVersion:s data:{y immutable:b kind:s metadata.:@meta/v1.ObjectMeta stringData:{s type:s
core/v1.SecretEnvSource   name:s= optional:b
core/v1.SecretKeySelector  atomic key!:s name:s= optional:b
core/v1.SecretProjection   items:[@core/v1.KeyToPath^atomic name:s= optional:b
core/v1.SecretReference  atomic name:s namespace:s
core/v1.SecretVolumeSource   defaultMode:i items:[@core/v1.KeyToPath^atomic optional:b secretName:s
core/v1.SecurityContext   allowPrivilegeEscalation:b appArmorProfile:@core/v1.AppArmorProfile capabilities:@core/v1.Capabilities privileged:b procMount:s<Default|Unmasked> readOnlyRootFilesystem:b runAsGroup:l runAsNonRoot:b runAsUser:l seLinuxOptions:@core/v1.SELinuxOptions seccompProfile:@core/v1.SeccompProfile windowsOptions:@core/v1.WindowsSecurityContextOptions
core/v1.Service /v1/Service  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@core/v1.ServiceSpec status.:@core/v1.ServiceStatus
core/v1.ServiceAccount /v1/ServiceAccount  apiVersion:s automountServiceAccountToken:b imagePullSecrets:[@core/v1.LocalObjectReference^atomic kind:s metadata.:@meta/v1.ObjectMeta secrets:[@core/v1.ObjectReference^map(name)~merge(name)
core/v1.ServiceAccountTokenProjection   audience:s expirationSeconds:l path!:s
core/v1.ServicePort   appProtocol:s name:s nodePort:i port!:i protocol:s=TCP<SCTP|TCP|UDP> targetPort:x
core/v1.ServiceSpec   allocateLoadBalancerNodePorts:b clusterIP:s clusterIPs:[s^atomic externalIPs:[s^atomic externalName:s externalTrafficPolicy:s<Cluster|Local> healthCheckNodePort:i internalTrafficPolicy:s<Cluster|Local> ipFamilies:[s^atomic<|IPv4|IPv6> ipFamilyPolicy:s<PreferDualStack|RequireDualStack|SingleStack> loadBalancerClass:s loadBalancerIP:s loadBalancerSourceRanges:[s^atomic ports:[@core/v1.ServicePort^map(port,protocol)~merge(port) publishNotReadyAddresses:b selector:{s%atomic sessionAffinity:s<ClientIP|None> sessionAffinityConfig:@core/v1.SessionAffinityConfig trafficDistribution:s type:s<ClusterIP|ExternalName|LoadBalancer|NodePort>
core/v1.ServiceStatus   conditions:[@meta/v1.Condition^map(type)~merge(type) loadBalancer.:@core/v1.LoadBalancerStatus
core/v1.SessionAffinityConfig   clientIP:@core/v1.ClientIPConfig
core/v1.SleepAction   seconds!:l
core/v1.StorageOSPersistentVolumeSource   fsType:s readOnly:b secretRef:@core/v1.ObjectReference volumeName:s volumeNamespace:s
core/v1.StorageOSVolumeSource   fsType:s readOnly:b secretRef:@core/v1.LocalObjectReference volumeName:s volumeNamespace:s
core/v1.Sysctl   name!:s value!:s
core/v1.TCPSocketAction   host:s port!:x
core/v1.Taint   effect!:s<NoExecute|NoSchedule|PreferNoSchedule> key!:s timeAdded:t value:s
core/v1.Toleration   effect:s<NoExecute|NoSchedule|PreferNoSchedule> key:s operator:s<Equal|Exists|Gt|Lt> tolerationSeconds:l value:s
core/v1.TopologySelectorLabelRequirement   key!:s values!:[s^atomic
core/v1.TopologySelectorTerm  atomic matchLabelExpressions:[@core/v1.TopologySelectorLabelRequirement^atomic
core/v1.TopologySpreadConstraint   labelSelector:@meta/v1.LabelSelector matchLabelKeys:[s^atomic maxSkew!:i minDomains:i nodeAffinityPolicy:s<Honor|Ignore> nodeTaintsPolicy:s<Honor|Ignore> topologyKey!:s whenUnsatisfiable!:s<DoNotSchedule|ScheduleAnyway>
core/v1.TypedLocalObjectReference  atomic apiGroup:s kind!:s name!:s
core/v1.TypedObjectReference   apiGroup:s kind!:s name!:s namespace:s
core/v1.Volume   awsElasticBlockStore:@core/v1.AWSElasticBlockStoreVolumeSource azureDisk:@core/v1.AzureDiskVolumeSource azureFile:@core/v1.AzureFileVolumeSource cephfs:@core/v1.CephFSVolumeSource cinder:@core/v1.CinderVolumeSource configMap:@core/v1.ConfigMapVolumeSource csi:@core/v1.CSIVolumeSource downwardAPI:@core/v1.DownwardAPIVolumeSource emptyDir:@core/v1.EmptyDirVolumeSource ephemeral:@core/v1.EphemeralVolumeSource fc:@core/v1.FCVolumeSource flexVolume:@core/v1.FlexVolumeSource flocker:@core/v1.FlockerVolumeSource gcePersistentDisk:@core/v1.GCEPersistentDiskVolumeSource gitRepo:@core/v1.GitRepoVolumeSource glusterfs:@core/v1.GlusterfsVolumeSource hostPath:@core/v1.HostPathVolumeSource image:@core/v1.ImageVolumeSource iscsi:@core/v1.ISCSIVolumeSource name!:s nfs:@core/v1.NFSVolumeSource persistentVolumeClaim:@core/v1.PersistentVolumeClaimVolumeSource photonPersistentDisk:@core/v1.PhotonPersistentDiskVolumeSource portworxVolume:@core/v1.PortworxVolumeSource projected:@core/v1.ProjectedVolumeSource quobyte:@core/v1.QuobyteVolumeSource rbd:@core/v1.RBDVolumeSource scaleIO:@core/v1.ScaleIOVolumeSource secret:@core/v1.SecretVolumeSource storageos:@core/v1.StorageOSVolumeSource vsphereVolume:@core/v1.VsphereVirtualDiskVolumeSource
core/v1.VolumeDevice   devicePath!:s name!:s
core/v1.VolumeMount   mountPath!:s mountPropagation:s<Bidirectional|HostToContainer|None> name!:s readOnly:b recursiveReadOnly:s subPath:s subPathExpr:s
core/v1.VolumeMountStatus   mountPath!:s name!:s readOnly:b recursiveReadOnly:s volumeStatus:@core/v1.VolumeStatus
core/v1.VolumeNodeAffinity   required:@core/v1.NodeSelector
core/v1.VolumeProjection   clusterTrustBundle:@core/v1.ClusterTrustBundleProjection configMap:@core/v1.ConfigMapProjection downwardAPI:@core/v1.DownwardAPIProjection podCertificate:@core/v1.PodCertificateProjection secret:@core/v1.SecretProjection serviceAccountToken:@core/v1.ServiceAccountTokenProjection
core/v1.VolumeResourceRequirements   limits:{q requests:{q
core/v1.VolumeStatus   image:@core/v1.ImageVolumeStatus
core/v1.VsphereVirtualDiskVolumeSource   fsType:s storagePolicyID:s storagePolicyName:s volumePath!:s
core/v1.WeightedPodAffinityTerm   podAffinityTerm!.:@core/v1.PodAffinityTerm weight!:i
core/v1.WindowsSecurityContextOptions   gmsaCredentialSpec:s gmsaCredentialSpecName:s hostProcess:b runAsUserName:s
discovery/v1.Endpoint   addresses!:[s^set conditions.:@discovery/v1.EndpointConditions deprecatedTopology:{s hints:@discovery/v1.EndpointHints hostname:s nodeName:s targetRef:@core/v1.ObjectReference zone:s
discovery/v1.EndpointConditions   ready:b serving:b terminating:b
discovery/v1.EndpointHints   forNodes:[@discovery/v1.ForNode^atomic forZones:[@discovery/v1.ForZone^atomic
discovery/v1.EndpointPort  atomic appProtocol:s name:s port:i protocol:s<SCTP|TCP|UDP>
discovery/v1.EndpointSlice discovery.k8s.io/v1/EndpointSlice  addressType!:s<FQDN|IPv4|IPv6> apiVersion:s endpoints:[@discovery/v1.Endpoint^atomic kind:s metadata.:@meta/v1.ObjectMeta ports:[@discovery/v1.EndpointPort^atomic
discovery/v1.ForNode   name!:s
discovery/v1.ForZone   name!:s
events/v1.Event events.k8s.io/v1/Event  action:s apiVersion:s deprecatedCount:i deprecatedFirstTimestamp:t deprecatedLastTimestamp:t deprecatedSource.:@core/v1.EventSource eventTime!:u kind:s metadata.:@meta/v1.ObjectMeta note:s reason:s regarding.:@core/v1.ObjectReference related:@core/v1.ObjectReference reportingController:s reportingInstance:s series:@events/v1.EventSeries type:s
events/v1.EventSeries   count!:i lastObservedTime!:u
flowcontrol/v1.ExemptPriorityLevelConfiguration   lendablePercent:i nominalConcurrencyShares:i
flowcontrol/v1.FlowDistinguisherMethod   type!:s
flowcontrol/v1.FlowSchema flowcontrol.apiserver.k8s.io/v1/FlowSchema  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@flowcontrol/v1.FlowSchemaSpec status.:@flowcontrol/v1.FlowSchemaStatus
flowcontrol/v1.FlowSchemaCondition   lastTransitionTime:t message:s reason:s status:s type:s
flowcontrol/v1.FlowSchemaSpec   distinguisherMethod:@flowcontrol/v1.FlowDistinguisherMethod matchingPrecedence:i priorityLevelConfiguration!.:@flowcontrol/v1.PriorityLevelConfigurationReference rules:[@flowcontrol/v1.PolicyRulesWithSubjects^atomic
flowcontrol/v1.FlowSchemaStatus   conditions:[@flowcontrol/v1.FlowSchemaCondition^map(type)~merge(type)
flowcontrol/v1.GroupSubject   name!:s
flowcontrol/v1.LimitResponse   queuing:@flowcontrol/v1.QueuingConfiguration type!:s
flowcontrol/v1.LimitedPriorityLevelConfiguration   borrowingLimitPercent:i lendablePercent:i limitResponse.:@flowcontrol/v1.LimitResponse nominalConcurrencyShares:i
flowcontrol/v1.NonResourcePolicyRule   nonResourceURLs!:[s^set verbs!:[s^set
flowcontrol/v1.PolicyRulesWithSubjects   nonResourceRules:[@flowcontrol/v1.NonResourcePolicyRule^atomic resourceRules:[@flowcontrol/v1.ResourcePolicyRule^atomic subjects!:[@flowcontrol/v1.Subject^atomic
flowcontrol/v1.PriorityLevelConfiguration flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@flowcontrol/v1.PriorityLevelConfigurationSpec status.:@flowcontrol/v1.PriorityLevelConfigurationStatus
flowcontrol/v1.PriorityLevelConfigurationCondition   lastTransitionTime:t message:s reason:s status:s type:s
flowcontrol/v1.PriorityLevelConfigurationReference   name!:s
flowcontrol/v1.PriorityLevelConfigurationSpec   exempt:@flowcontrol/v1.ExemptPriorityLevelConfiguration limited:@flowcontrol/v1.LimitedPriorityLevelConfiguration type!:s
flowcontrol/v1.PriorityLevelConfigurationStatus   conditions:[@flowcontrol/v1.PriorityLevelConfigurationCondition^map(type)~merge(type)
flowcontrol/v1.QueuingConfiguration   handSize:i queueLengthLimit:i queues:i
flowcontrol/v1.ResourcePolicyRule   apiGroups!:[s^set clusterScope:b namespaces:[s^set resources!:[s^set verbs!:[s^set
flowcontrol/v1.ServiceAccountSubject   name!:s namespace!:s
flowcontrol/v1.Subject   group:@flowcontrol/v1.GroupSubject kind!:s serviceAccount:@flowcontrol/v1.ServiceAccountSubject user:@flowcontrol/v1.UserSubject
flowcontrol/v1.UserSubject   name!:s
meta/v1.APIGroup   apiVersion:s kind:s name!:s preferredVersion.:@meta/v1.GroupVersionForDiscovery serverAddressByClientCIDRs:[@meta/v1.ServerAddressByClientCIDR^atomic versions!:[@meta/v1.GroupVersionForDiscovery^atomic
meta/v1.APIGroupList   apiVersion:s groups!:[@meta/v1.APIGroup^atomic kind:s
meta/v1.APIResource   categories:[s^atomic group:s kind!:s name!:s namespaced!:b shortNames:[s^atomic singularName!:s storageVersionHash:s verbs!:[s version:s
meta/v1.APIResourceList   apiVersion:s groupVersion!:s kind:s resources!:[@meta/v1.APIResource^atomic
meta/v1.APIVersions   apiVersion:s kind:s serverAddressByClientCIDRs!:[@meta/v1.ServerAddressByClientCIDR^atomic versions!:[s^atomic
meta/v1.Condition   lastTransitionTime!:t message!:s observedGeneration:l reason!:s status!:s type!:s
meta/v1.DeleteOptions   apiVersion:s dryRun:[s^atomic gracePeriodSeconds:l ignoreStoreReadErrorWithClusterBreakingPotential:b kind:s orphanDependents:b preconditions:@meta/v1.Preconditions propagationPolicy:s
meta/v1.FieldSelectorRequirement   key!:s operator!:s values:[s^atomic
meta/v1.GroupVersionForDiscovery   groupVersion!:s version!:s
meta/v1.LabelSelector  atomic matchExpressions:[@meta/v1.LabelSelectorRequirement^atomic matchLabels:{s
meta/v1.LabelSelectorRequirement   key!:s operator!:s values:[s^atomic
meta/v1.ListMeta   continue:s remainingItemCount:l resourceVersion:s selfLink:s shardInfo:@meta/v1.ShardInfo
meta/v1.ManagedFieldsEntry   apiVersion:s fieldsType:s fieldsV1:o manager:s operation:s subresource:s time:t
meta/v1.ObjectMeta   annotations:{s creationTimestamp:t deletionGracePeriodSeconds:l deletionTimestamp:t finalizers:[s^set~merge generateName:s generation:l labels:{s managedFields:[@meta/v1.ManagedFieldsEntry^atomic name:s namespace:s ownerReferences:[@meta/v1.OwnerReference^map(uid)~merge(uid) resourceVersion:s selfLink:s uid:s
meta/v1.OwnerReference  atomic apiVersion!:s blockOwnerDeletion:b controller:b kind!:s name!:s uid!:s
meta/v1.Preconditions   resourceVersion:s uid:s
meta/v1.ServerAddressByClientCIDR   clientCIDR!:s serverAddress!:s
meta/v1.ShardInfo   selector!:s
meta/v1.Status /v1/Status  apiVersion:s code:i details:@meta/v1.StatusDetails kind:s message:s metadata.:@meta/v1.ListMeta reason:s status:s
meta/v1.StatusCause   field:s message:s reason:s
meta/v1.StatusDetails   causes:[@meta/v1.StatusCause^atomic group:s kind:s name:s retryAfterSeconds:i uid:s
meta/v1.WatchEvent   object!:o type!:s
networking/v1.HTTPIngressPath   backend!.:@networking/v1.IngressBackend path:s pathType!:s<Exact|ImplementationSpecific|Prefix>
networking/v1.HTTPIngressRuleValue   paths!:[@networking/v1.HTTPIngressPath^atomic
networking/v1.IPAddress networking.k8s.io/v1/IPAddress  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@networking/v1.IPAddressSpec
networking/v1.IPAddressSpec   parentRef!:@networking/v1.ParentReference
networking/v1.IPBlock   cidr!:s except:[s^atomic
networking/v1.Ingress networking.k8s.io/v1/Ingress  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@networking/v1.IngressSpec status.:@networking/v1.IngressStatus
networking/v1.IngressBackend   resource:@core/v1.TypedLocalObjectReference service:@networking/v1.IngressServiceBackend
networking/v1.IngressClass networking.k8s.io/v1/IngressClass  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@networking/v1.IngressClassSpec
networking/v1.IngressClassParametersReference   apiGroup:s kind!:s name!:s namespace:s scope:s
networking/v1.IngressClassSpec   controller:s parameters:@networking/v1.IngressClassParametersReference
networking/v1.IngressLoadBalancerIngress   hostname:s ip:s ports:[@networking/v1.IngressPortStatus^atomic
networking/v1.IngressLoadBalancerStatus   ingress:[@networking/v1.IngressLoadBalancerIngress^atomic
networking/v1.IngressPortStatus   error:s port!:i protocol!:s<SCTP|TCP|UDP>
networking/v1.IngressRule   host:s http:@networking/v1.HTTPIngressRuleValue
networking/v1.IngressServiceBackend   name!:s port.:@networking/v1.ServiceBackendPort
networking/v1.IngressSpec   defaultBackend:@networking/v1.IngressBackend ingressClassName:s rules:[@networking/v1.IngressRule^atomic tls:[@networking/v1.IngressTLS^atomic
networking/v1.IngressStatus   loadBalancer.:@networking/v1.IngressLoadBalancerStatus
networking/v1.IngressTLS   hosts:[s^atomic secretName:s
networking/v1.NetworkPolicy networking.k8s.io/v1/NetworkPolicy  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@networking/v1.NetworkPolicySpec
networking/v1.NetworkPolicyEgressRule   ports:[@networking/v1.NetworkPolicyPort^atomic to:[@networking/v1.NetworkPolicyPeer^atomic
networking/v1.NetworkPolicyIngressRule   from:[@networking/v1.NetworkPolicyPeer^atomic ports:[@networking/v1.NetworkPolicyPort^atomic
networking/v1.NetworkPolicyPeer   ipBlock:@networking/v1.IPBlock namespaceSelector:@meta/v1.LabelSelector podSelector:@meta/v1.LabelSelector
networking/v1.NetworkPolicyPort   endPort:i port:x protocol:s<SCTP|TCP|UDP>
networking/v1.NetworkPolicySpec   egress:[@networking/v1.NetworkPolicyEgressRule^atomic ingress:[@networking/v1.NetworkPolicyIngressRule^atomic podSelector.:@meta/v1.LabelSelector policyTypes:[s^atomic<Egress|Ingress>
networking/v1.ParentReference   group:s name!:s namespace:s resource!:s
networking/v1.ServiceBackendPort  atomic name:s number:i
networking/v1.ServiceCIDR networking.k8s.io/v1/ServiceCIDR  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@networking/v1.ServiceCIDRSpec status.:@networking/v1.ServiceCIDRStatus
networking/v1.ServiceCIDRSpec   cidrs:[s^atomic
networking/v1.ServiceCIDRStatus   conditions:[@meta/v1.Condition^map(type)~merge(type)
node/v1.Overhead   podFixed:{q
node/v1.RuntimeClass node.k8s.io/v1/RuntimeClass  apiVersion:s handler!:s kind:s metadata.:@meta/v1.ObjectMeta overhead:@node/v1.Overhead scheduling:@node/v1.Scheduling
node/v1.Scheduling   nodeSelector:{s%atomic tolerations:[@core/v1.Toleration^atomic
pkg/version.Info   buildDate!:s compiler!:s emulationMajor:s emulationMinor:s gitCommit!:s gitTreeState!:s gitVersion!:s goVersion!:s major!:s minCompatibilityMajor:s minCompatibilityMinor:s minor!:s platform!:s
policy/v1.Eviction policy/v1/Eviction  apiVersion:s deleteOptions:@meta/v1.DeleteOptions kind:s metadata.:@meta/v1.ObjectMeta
policy/v1.PodDisruptionBudget policy/v1/PodDisruptionBudget  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec.:@policy/v1.PodDisruptionBudgetSpec status.:@policy/v1.PodDisruptionBudgetStatus
policy/v1.PodDisruptionBudgetSpec   maxUnavailable:x minAvailable:x selector:@meta/v1.LabelSelector~replace unhealthyPodEvictionPolicy:s<AlwaysAllow|IfHealthyBudget>
policy/v1.PodDisruptionBudgetStatus   conditions:[@meta/v1.Condition^map(type)~merge(type) currentHealthy:i desiredHealthy:i disruptedPods:{t disruptionsAllowed:i expectedPods:i observedGeneration:l
rbac/v1.AggregationRule   clusterRoleSelectors:[@meta/v1.LabelSelector^atomic
rbac/v1.ClusterRole rbac.authorization.k8s.io/v1/ClusterRole  aggregationRule:@rbac/v1.AggregationRule apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta rules:[@rbac/v1.PolicyRule^atomic
rbac/v1.ClusterRoleBinding rbac.authorization.k8s.io/v1/ClusterRoleBinding  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta roleRef!.:@rbac/v1.RoleRef subjects:[@rbac/v1.Subject^atomic
rbac/v1.PolicyRule   apiGroups:[s^atomic nonResourceURLs:[s^atomic resourceNames:[s^atomic resources:[s^atomic verbs!:[s^atomic
rbac/v1.Role rbac.authorization.k8s.io/v1/Role  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta rules:[@rbac/v1.PolicyRule^atomic
rbac/v1.RoleBinding rbac.authorization.k8s.io/v1/RoleBinding  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta roleRef!.:@rbac/v1.RoleRef subjects:[@rbac/v1.Subject^atomic
rbac/v1.RoleRef  atomic apiGroup:s= kind!:s name!:s
rbac/v1.Subject  atomic apiGroup:s kind!:s name!:s namespace:s
resource/v1.AllocatedDeviceStatus   conditions:[@meta/v1.Condition^map(type) data:o device!:s driver!:s networkData:@resource/v1.NetworkDeviceData pool!:s shareID:s
resource/v1.AllocationResult   allocationTimestamp:t devices.:@resource/v1.DeviceAllocationResult nodeSelector:@core/v1.NodeSelector
resource/v1.CELDeviceSelector   expression!:s
resource/v1.CapacityRequestPolicy   default:q validRange:@resource/v1.CapacityRequestPolicyRange validValues:[q^atomic
resource/v1.CapacityRequestPolicyRange   max:q min!:q step:q
resource/v1.CapacityRequirements   requests:{q
resource/v1.Counter   value!:q
resource/v1.CounterSet   counters!:{@resource/v1.Counter name!:s
resource/v1.Device   allNodes:b allowMultipleAllocations:b attributes:{@resource/v1.DeviceAttribute bindingConditions:[s^atomic bindingFailureConditions:[s^atomic bindsToNode:b capacity:{@resource/v1.DeviceCapacity consumesCounters:[@resource/v1.DeviceCounterConsumption^atomic name!:s nodeAllocatableResourceMappings:{@resource/v1.NodeAllocatableResourceMapping nodeName:s nodeSelector:@core/v1.NodeSelector taints:[@resource/v1.DeviceTaint^atomic
resource/v1.DeviceAllocationConfiguration   opaque:@resource/v1.OpaqueDeviceConfiguration requests:[s^atomic source!:s<FromClaim|FromClass>
resource/v1.DeviceAllocationResult   config:[@resource/v1.DeviceAllocationConfiguration^atomic results:[@resource/v1.DeviceRequestAllocationResult^atomic
resource/v1.DeviceAttribute   bool:b bools:[b^atomic int:l ints:[l^atomic string:s strings:[s^atomic version:s versions:[s^atomic
resource/v1.DeviceCapacity   requestPolicy:@resource/v1.CapacityRequestPolicy value!:q
resource/v1.DeviceClaim   config:[@resource/v1.DeviceClaimConfiguration^atomic constraints:[@resource/v1.DeviceConstraint^atomic requests:[@resource/v1.DeviceRequest^atomic
resource/v1.DeviceClaimConfiguration   opaque:@resource/v1.OpaqueDeviceConfiguration requests:[s^atomic
resource/v1.DeviceClass resource.k8s.io/v1/DeviceClass  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@resource/v1.DeviceClassSpec
resource/v1.DeviceClassConfiguration   opaque:@resource/v1.OpaqueDeviceConfiguration
resource/v1.DeviceClassSpec   config:[@resource/v1.DeviceClassConfiguration^atomic extendedResourceName:s selectors:[@resource/v1.DeviceSelector^atomic
resource/v1.DeviceConstraint   distinctAttribute:s matchAttribute:s requests:[s^atomic
resource/v1.DeviceCounterConsumption   counterSet!:s counters!:{@resource/v1.Counter
resource/v1.DeviceRequest   exactly:@resource/v1.ExactDeviceRequest firstAvailable:[@resource/v1.DeviceSubRequest^atomic name!:s
resource/v1.DeviceRequestAllocationResult   adminAccess:b bindingConditions:[s^atomic bindingFailureConditions:[s^atomic consumedCapacity:{q device!:s driver!:s pool!:s request!:s shareID:s tolerations:[@resource/v1.DeviceToleration^atomic
resource/v1.DeviceSelector   cel:@resource/v1.CELDeviceSelector
resource/v1.DeviceSubRequest   allocationMode:s<All|ExactCount> capacity:@resource/v1.CapacityRequirements count:l deviceClassName!:s name!:s selectors:[@resource/v1.DeviceSelector^atomic tolerations:[@resource/v1.DeviceToleration^atomic
resource/v1.DeviceTaint   effect!:s<NoExecute|NoSchedule|None> key!:s timeAdded:t value:s
resource/v1.DeviceToleration   effect:s<NoExecute|NoSchedule|None> key:s operator:s=Equal<Equal|Exists> tolerationSeconds:l value:s
resource/v1.ExactDeviceRequest   adminAccess:b allocationMode:s<All|ExactCount> capacity:@resource/v1.CapacityRequirements count:l deviceClassName!:s selectors:[@resource/v1.DeviceSelector^atomic tolerations:[@resource/v1.DeviceToleration^atomic
resource/v1.NetworkDeviceData   hardwareAddress:s interfaceName:s ips:[s^atomic
resource/v1.NodeAllocatableResourceMapping   allocationMultiplier:q capacityKey:s
resource/v1.OpaqueDeviceConfiguration   driver!:s parameters!:o
resource/v1.ResourceClaim resource.k8s.io/v1/ResourceClaim  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@resource/v1.ResourceClaimSpec status.:@resource/v1.ResourceClaimStatus
resource/v1.ResourceClaimConsumerReference   apiGroup:s name!:s resource!:s uid!:s
resource/v1.ResourceClaimSpec   devices.:@resource/v1.DeviceClaim
resource/v1.ResourceClaimStatus   allocation:@resource/v1.AllocationResult devices:[@resource/v1.AllocatedDeviceStatus^map(driver,device,pool,shareID) reservedFor:[@resource/v1.ResourceClaimConsumerReference^map(uid)~merge(uid)
resource/v1.ResourceClaimTemplate resource.k8s.io/v1/ResourceClaimTemplate  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@resource/v1.ResourceClaimTemplateSpec
resource/v1.ResourceClaimTemplateSpec   metadata.:@meta/v1.ObjectMeta spec!.:@resource/v1.ResourceClaimSpec
resource/v1.ResourcePool   generation!:l name!:s resourceSliceCount!:l
resource/v1.ResourceSlice resource.k8s.io/v1/ResourceSlice  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@resource/v1.ResourceSliceSpec
resource/v1.ResourceSliceSpec   allNodes:b devices:[@resource/v1.Device^atomic driver!:s nodeName:s nodeSelector:@core/v1.NodeSelector perDeviceNodeSelection:b pool!.:@resource/v1.ResourcePool sharedCounters:[@resource/v1.CounterSet^atomic
scheduling/v1.PriorityClass scheduling.k8s.io/v1/PriorityClass  apiVersion:s description:s globalDefault:b kind:s metadata.:@meta/v1.ObjectMeta preemptionPolicy:s<Never|PreemptLowerPriority> value:i
storage/v1.CSIDriver storage.k8s.io/v1/CSIDriver  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@storage/v1.CSIDriverSpec
storage/v1.CSIDriverSpec   attachRequired:b fsGroupPolicy:s nodeAllocatableUpdatePeriodSeconds:l podInfoOnMount:b preventPodSchedulingIfMissing:b requiresRepublish:b seLinuxMount:b serviceAccountTokenInSecrets:b storageCapacity:b tokenRequests:[@storage/v1.TokenRequest^atomic volumeLifecycleModes:[s^set
storage/v1.CSINode storage.k8s.io/v1/CSINode  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@storage/v1.CSINodeSpec
storage/v1.CSINodeDriver   allocatable:@storage/v1.VolumeNodeResources name!:s nodeID!:s topologyKeys:[s^atomic
storage/v1.CSINodeSpec   drivers!:[@storage/v1.CSINodeDriver^map(name)~merge(name)
storage/v1.CSIStorageCapacity storage.k8s.io/v1/CSIStorageCapacity  apiVersion:s capacity:q kind:s maximumVolumeSize:q metadata.:@meta/v1.ObjectMeta nodeTopology:@meta/v1.LabelSelector storageClassName!:s
storage/v1.StorageClass storage.k8s.io/v1/StorageClass  allowVolumeExpansion:b allowedTopologies:[@core/v1.TopologySelectorTerm^atomic apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta mountOptions:[s^atomic parameters:{s provisioner!:s reclaimPolicy:s<Delete|Recycle|Retain> volumeBindingMode:s<Immediate|WaitForFirstConsumer>
storage/v1.TokenRequest   audience!:s expirationSeconds:l
storage/v1.VolumeAttachment storage.k8s.io/v1/VolumeAttachment  apiVersion:s kind:s metadata.:@meta/v1.ObjectMeta spec!.:@storage/v1.VolumeAttachmentSpec status.:@storage/v1.VolumeAttachmentStatus
storage/v1.VolumeAttachmentSource   inlineVolumeSpec:@core/v1.PersistentVolumeSpec persistentVolumeName:s
storage/v1.VolumeAttachmentSpec   attacher!:s nodeName!:s source!.:@storage/v1.VolumeAttachmentSource
storage/v1.VolumeAttachmentStatus   attachError:@storage/v1.VolumeError attached!:b attachmentMetadata:{s detachError:@storage/v1.VolumeError
storage/v1.VolumeAttributesClass storage.k8s.io/v1/VolumeAttributesClass  apiVersion:s driverName!:s kind:s metadata.:@meta/v1.ObjectMeta parameters:{s
storage/v1.VolumeError   errorCode:i message:s time:t
storage/v1.VolumeNodeResources   count:i
`
