import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** A folder with another @kubernetes/client-node than the one that is installed. */
const { CLIENT_NODE } = process.env

/** Tests of values: what they make is gone with them. */
const SHARING = ['unit', 'scenarios', 'sieve', 'canary', 'contract'].map((folder) => `test/${folder}/**/*.test.ts`)

export default defineConfig({
  ...(CLIENT_NODE === undefined
    ? {}
    : { resolve: { alias: { '@kubernetes/client-node': fileURLToPath(new URL(CLIENT_NODE, import.meta.url)) } } }),
  test: {
    setupFiles: ['test/support/seed.ts'],
    // What is waited for may take long on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Two cores run two files at a time; by default one is left to Vitest itself, which needs little.
    maxWorkers: '100%',
    // One after the other, by name: the short files come last, so that no core waits for a long one.
    projects: [
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: SHARING } },
      // They keep nothing that a next file could meet, so they share what is loaded.
      { extends: true, test: { name: 'sharing', include: SHARING, isolate: false } },
    ],
    reporters: ['default'],
  },
})
