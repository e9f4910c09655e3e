/**
 * The last step of `npm run build`: what Node loads is a few files instead of a thousand, since finding and reading those
 * takes longer than starting a cluster. Types stay as the compiler wrote them, one file per source.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { build, type BuildOptions, type Loader, type Plugin } from 'esbuild'
import packageJson from '../package.json' with { type: 'json' }

const root = new URL('..', import.meta.url).pathname
/** Another one than `dist` where it is only tried. */
const outdir = process.argv[2] ?? `${root}dist`

mkdirSync(outdir, { recursive: true })
for (const file of readdirSync(outdir, { recursive: true, encoding: 'utf8' })) {
  // What an earlier build left.
  if (/\.c?js(\.map|\.LEGAL\.txt)?$/.test(file)) rmSync(`${outdir}/${file}`)
}
rmSync(`${outdir}/cli/compiled`, { recursive: true, force: true })

/** esbuild writes ASCII, but for regular expressions. One other character, and Node keeps two bytes for each. */
const ascii: Plugin = {
  name: 'ascii',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.[cm]?[jt]s$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const contents = text.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      return text === contents ? undefined : { contents, loader: path.slice(-2) as Loader }
    }),
}

const options: BuildOptions = {
  absWorkingDir: root,
  outdir,
  bundle: true,
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
  plugins: [ascii],
  legalComments: 'linked',
  sourcemap: true,
  logLevel: 'warning',
}
await build({
  ...options,
  entryPoints: { index: 'src/index.ts', vitest: 'src/vitest.ts', 'cli/main': 'src/cli/launch.ts' },
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  format: 'esm',
  // What is CommonJS inside asks for Node's own modules.
  banner: {
    js: "import { createRequire as _createRequire } from 'node:module'; const require = _createRequire(import.meta.url);",
  },
})
// One script: of modules Node 20 cannot keep what it has compiled.
await build({
  ...options,
  entryPoints: { 'cli/words': 'src/cli/words.ts' },
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  // What is outside is required: Node 20 forgets how to import it where the compiled form was kept.
  supported: { 'dynamic-import': false },
})
