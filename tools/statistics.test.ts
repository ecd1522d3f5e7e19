import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { SNIPPET_OPTIONS } from './snippets.ts'

const root = new URL('../', import.meta.url)
const run = promisify(execFile)

it('computes what docs/statistics.md shows, which compiles', async () => {
  const page = await readFile(new URL('docs/statistics.md', root), 'utf8')
  const snippets = [...page.matchAll(/```ts\n(?<code>[\s\S]*?)```/g)].map(
    ({ groups }) => groups?.['code'] ?? '',
  )
  // Beside the workspaces, where a host's own file would find them.
  const files = snippets.map((_, i) => new URL(`tools/.statistics-${i}-${process.pid}.ts`, root))
  const config = new URL(`tools/.statistics-${process.pid}.json`, root)
  await Promise.all(snippets.map((code, i) => writeFile(files[i] as URL, code)))
  const compiled = { extends: '../tsconfig.base.json', compilerOptions: SNIPPET_OPTIONS }
  await writeFile(config, JSON.stringify({ ...compiled, files: files.map(({ pathname }) => pathname) }))
  try {
    const [said] = await Promise.all([
      Promise.all(files.map((file) => run(process.execPath, ['--conditions=@muster/source', file.pathname]))),
      run(fileURLToPath(new URL('node_modules/.bin/tsc', root)), ['-p', config.pathname]),
    ])
    // The last line of each says in a comment what it prints.
    const printed = snippets.map((code) => /\n\/\/ (?<text>.+)\n$/.exec(code)?.groups?.['text'])
    expect(said.map(({ stdout }) => stdout.trimEnd())).toEqual(printed)
  } finally {
    await Promise.all([...files, config].map((file) => rm(file)))
  }
})
