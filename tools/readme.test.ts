import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { SNIPPET_OPTIONS } from './snippets.ts'

const root = new URL('../', import.meta.url)
const run = promisify(execFile)

const CONFIG = {
  extends: '../tsconfig.base.json',
  compilerOptions: SNIPPET_OPTIONS,
}

it('embeds in the twenty lines that the README shows, which compile', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8')
  const example = /```ts\n(?<code>[\s\S]*?)```/.exec(readme)?.groups?.['code'] ?? ''
  const lines = example.split('\n').filter((line) => line !== '' && !line.startsWith('import '))
  expect(lines.length).toBeLessThanOrEqual(20)

  // Beside the workspaces, where a host's own file would find them; its data elsewhere.
  const file = new URL(`tools/.readme-example-${process.pid}.ts`, root)
  const config = new URL(`tools/.readme-example-${process.pid}.json`, root)
  const cwd = await mkdtemp(join(tmpdir(), 'muster-readme-'))
  await writeFile(file, example)
  await writeFile(config, JSON.stringify({ ...CONFIG, files: [file.pathname] }))
  try {
    const [{ stdout }] = await Promise.all([
      run(process.execPath, ['--conditions=@muster/source', file.pathname], { cwd }),
      run(fileURLToPath(new URL('node_modules/.bin/tsc', root)), ['-p', config.pathname]),
    ])
    expect(stdout).toMatch(/scenarios: 3,[\s\S]*escalated: 1,\s*kept: 2,[\s\S]*tasks: \{ open: 1,/)
    expect(stdout).toMatch(/kind: 'claimed',[\s\S]*payload: \{ text: 'schön' \}/)
  } finally {
    await Promise.all([rm(file), rm(config), rm(cwd, { recursive: true })])
  }
})
