import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('runs Muster in a host of CommonJS', async () => {
  const file = fileURLToPath(new URL('common-js.cjs', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--conditions=@muster/source',
    file,
  ])
  expect([stdout, stderr]).toEqual(['HELLO\n', ''])
})
