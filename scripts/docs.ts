/** Writes what is made from tables and runs: pages of docs/, the demonstration in README.md. `npm run docs`; tests check that they are current. */
import { readFileSync, writeFileSync } from 'node:fs'
import { withDemonstration } from '../docs/demonstration.ts'
import { racesPage } from '../docs/races.ts'
import { workloadsPage } from '../docs/workloads.ts'

const readme = new URL('../README.md', import.meta.url)
writeFileSync(readme, withDemonstration(readFileSync(readme, 'utf8')))
writeFileSync(new URL('../docs/workloads.md', import.meta.url), workloadsPage())
writeFileSync(new URL('../docs/races.md', import.meta.url), racesPage())
