import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { FAULTS } from './faults.test.support.ts'

describe('fixtures', () => {
  let failing: Readonly<Record<string, number>>

  beforeAll(async () => {
    const program = fileURLToPath(new URL('teeth.test.support.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [program])
    failing = JSON.parse(stdout) as typeof failing
  })

  it.each(FAULTS)('find $name', ({ name }) => {
    expect(failing[name]).toBeGreaterThan(0)
  })
})
