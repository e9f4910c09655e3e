/** The command, from its sources. As `npm run build` makes it, it is started by `launch.ts`. */
import { main } from './program.ts'
import { words } from './words.ts'

await main(() => words)
