import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** A folder with another @kubernetes/client-node than the one that is installed. */
const { CLIENT_NODE } = process.env

export default defineConfig({
  ...(CLIENT_NODE === undefined
    ? {}
    : { resolve: { alias: { '@kubernetes/client-node': fileURLToPath(new URL(CLIENT_NODE, import.meta.url)) } } }),
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    reporters: ['default'],
  },
})
