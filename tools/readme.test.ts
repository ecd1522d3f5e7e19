import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = new URL('../', import.meta.url)

it('embeds in the twenty lines that the README shows', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8')
  const example = /```ts\n(?<code>[\s\S]*?)```/.exec(readme)?.groups?.['code'] ?? ''
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(20)

  // Beside the workspaces, where a host's own file would find them.
  const file = new URL(`tools/.readme-example-${process.pid}.ts`, root)
  await writeFile(file, example)
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=@muster/source',
      file.pathname,
    ])
    expect(stdout.trimEnd().split('\n').sort()).toEqual(
      ['ann says GOOD NIGHT', 'ann says HELLO', 'bob says GOOD NIGHT', 'bob says HELLO'].map(
        (line) => `${line.slice(0, 3)} ${line}`,
      ),
    )
  } finally {
    await rm(file)
  }
})
