import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { PYTHON_SOURCES, pythonFiles } from './write-python-client.ts'

const run = promisify(execFile)
const CLIENT = fileURLToPath(new URL('../clients/python', import.meta.url))

it('has written the Python client from the document that is checked in: npm run client:python', () => {
  const files = Object.entries(pythonFiles())
  expect(files).toHaveLength(2)
  for (const [name, text] of files)
    expect([name, readFileSync(new URL(name, PYTHON_SOURCES), 'utf8') === text]).toEqual([name, true])
})

it('makes a wheel that is installed by unpacking it, and in which the programs of the guide compile', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-wheel-'))
  try {
    const { stdout } = await run('python3', [join(CLIENT, 'build_wheel.py'), folder])
    const wheel = stdout.trim()
    expect(wheel).toBe(join(folder, 'muster_client-0.1.0-py3-none-any.whl'))
    const guide = await readFile(new URL('../docs/python.md', import.meta.url), 'utf8')
    const programs = [...guide.matchAll(/```python\n([\s\S]*?)```/g)].map(([, program = '']) => program)
    expect(programs.length).toBeGreaterThan(3)
    // Python imports from a zip.
    const check = `import sys, muster_client, muster_client.types
assert muster_client.__file__.startswith(${JSON.stringify(wheel)}), muster_client.__file__
import json
for program in json.load(open(sys.argv[1])):
    code = compile(program, "guide", "exec")
    for line in program.splitlines():
        if line.startswith("from muster_client"): exec(line)
print(len(muster_client.operations.OPERATIONS))`
    await writeFile(join(folder, 'programs.json'), JSON.stringify(programs))
    const checked = await run('python3', ['-c', check, join(folder, 'programs.json')], {
      env: { PATH: process.env['PATH'], PYTHONPATH: wheel },
    })
    expect(Number(checked.stdout)).toBeGreaterThan(150)
  } finally {
    await rm(folder, { recursive: true })
  }
})
