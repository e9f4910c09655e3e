/** Writes docs/workloads.md and docs/races.md from their tables. `npm run docs`; tests check that they are current. */
import { writeFileSync } from 'node:fs'
import { racesPage } from '../docs/races.ts'
import { workloadsPage } from '../docs/workloads.ts'

writeFileSync(new URL('../docs/workloads.md', import.meta.url), workloadsPage())
writeFileSync(new URL('../docs/races.md', import.meta.url), racesPage())
