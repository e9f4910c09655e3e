/** Writes docs/workloads.md from the table of annotations. `npm run docs`; a test checks that it is current. */
import { writeFileSync } from 'node:fs'
import { workloadsPage } from '../docs/workloads.ts'

writeFileSync(new URL('../docs/workloads.md', import.meta.url), workloadsPage())
