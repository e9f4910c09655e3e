/** Pods that the tests of connections talk to. */
export const PODS = `
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {color: blue, app.ini: "x=1"}
---
apiVersion: v1
kind: Pod
metadata: {name: counter}
spec:
  containers:
  - name: count
    image: busybox
    args: [/bin/sh, -c, 'i=0; while true; do echo "line $i"; i=$((i+1)); sleep 1; done']
---
apiVersion: v1
kind: Pod
metadata: {name: crash, annotations: {seatrial.dev/crash-on-start: "true", seatrial.dev/log: "my own words"}}
spec: {containers: [{name: app, image: nginx}]}
---
apiVersion: v1
kind: Pod
metadata: {name: stuck}
spec:
  containers: [{name: app, image: nginx, volumeMounts: [{name: c, mountPath: /c}]}]
  volumes: [{name: c, configMap: {name: missing}}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: nginx
    ports: [{containerPort: 80}]
    env: [{name: COLOR, valueFrom: {configMapKeyRef: {name: conf, key: color}}}]
    volumeMounts: [{name: c, mountPath: /etc/conf}]
  volumes: [{name: c, configMap: {name: conf}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`
