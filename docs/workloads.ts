import { WORKLOAD_ANNOTATIONS } from '../src/kubernetes/workload/annotations.ts'

/** docs/workloads.md: how containers behave and which annotations change that. */
export const workloadsPage = (): string => `# How a simulated container behaves

There are no containers and no images: each container is a small model, chosen by the name of its image and its command. A server listens on its declared ports a second or more after its start; databases take longer; a \`sleep 30\` ends after thirty seconds; what declares no port serves nothing. Probes ask the model, kube-proxy forwards to it, \`SIGTERM\` ends it.

Annotations of the Pod change the model. Each may name one container with a suffix: \`${WORKLOAD_ANNOTATIONS[0]?.name}.redis: 5s\`. Durations are drawn anew at each start, up to 5 % longer than written.

| annotation | example | meaning |
|---|---|---|
${WORKLOAD_ANNOTATIONS.map(({ name, example, meaning }) => `| \`${name}\` | \`${example}\` | ${meaning.replaceAll('|', '\\|')} |`).join('\n')}

## Example
A web server that takes twenty seconds to become ready and then calls a database for each request:
\`\`\`yaml
metadata:
  annotations:
    seatrial.dev/ready-after: 20s
    seatrial.dev/calls: database:5432
\`\`\`
`
