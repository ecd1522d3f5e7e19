import { writeFile } from 'node:fs/promises'
import { statesPage } from './states.ts'

await writeFile(new URL('../docs/states.md', import.meta.url), statesPage())
