import { globSync, readFileSync } from 'node:fs'
import { sep } from 'node:path'
import { wrongArrows } from './arrows.ts'

// Fails when a file of the repository imports what it may not: `node tools/check-arrows.ts`.
const files = globSync('{packages,examples,benchmarks,test}/**/*.{ts,tsx}', {
  exclude: (path) => /(^|[\\/])(node_modules|dist|assets|\.types)$/.test(path),
})
if (files.length === 0) throw new Error('no source file found: run this from the root of the repository')
const wrong = wrongArrows(
  new Map(files.map((file) => [file.split(sep).join('/'), readFileSync(file, 'utf8')])),
)
for (const { file, imports, rule } of wrong) console.error(`${file} imports ${imports}: ${rule}`)
console.log(`import arrows: ${files.length} files, ${wrong.length} wrong`)
if (wrong.length > 0) process.exitCode = 1
