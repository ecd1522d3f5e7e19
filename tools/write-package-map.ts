import { readFile, writeFile } from 'node:fs/promises'
import { PAGE, withMap } from './package-map.ts'

await writeFile(PAGE, withMap(await readFile(PAGE, 'utf8')))
