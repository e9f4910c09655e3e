/**
 * The last step of `npm run build`: what Node loads is a few files instead of a thousand, since finding and reading those
 * takes longer than starting a cluster. Types stay as the compiler wrote them, one file per source.
 */
import { readdirSync, rmSync } from 'node:fs'
import { build } from 'esbuild'
import packageJson from '../package.json' with { type: 'json' }

const root = new URL('..', import.meta.url).pathname

for (const file of readdirSync(`${root}dist`, { recursive: true, encoding: 'utf8' })) {
  // What an earlier build left.
  if (/\.js(\.map|\.LEGAL\.txt)?$/.test(file)) rmSync(`${root}dist/${file}`)
}
await build({
  absWorkingDir: root,
  entryPoints: ['src/index.ts', 'src/vitest.ts', 'src/cli/main.ts'],
  outdir: 'dist',
  outbase: 'src',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // ES modules first: what is not used of them is left out.
  mainFields: ['module', 'main'],
  // For Node it has only CommonJS, all of it.
  alias: { rxjs: `${root}node_modules/rxjs/dist/esm/index.js` },
  // Native code, and what belongs to whoever tests.
  external: ['libsql', ...Object.keys(packageJson.peerDependencies)],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  sourcemap: true,
  // What is CommonJS inside asks for Node's own modules.
  banner: {
    js: "import { createRequire as _createRequire } from 'node:module'; const require = _createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
