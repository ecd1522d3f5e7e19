import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('runs Muster in a host of CommonJS', async () => {
  const file = new URL('common-js.cjs', import.meta.url).pathname
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=source', file])
  expect([stdout, stderr]).toEqual(['HELLO\n', ''])
})
