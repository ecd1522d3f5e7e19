import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runTwice } from './pglite-template.test.support.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-twice-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Notes that it ran, and that it ran before, then ends as it is told. */
const script = (end: string): string[] => [
  '--eval',
  `const { existsSync, writeFileSync } = require('node:fs')
   const again = existsSync('${folder}/first')
   writeFileSync('${folder}/' + (again ? 'second' : 'first'), '')
   ${end}`,
]

describe('what makes the template of the embedded database', () => {
  it('runs again, after what it left is removed, if a signal ends it', async () => {
    let cleaned = 0
    await runTwice(script("if (!again) process.kill(process.pid, 'SIGKILL')"), async () => void cleaned++)
    expect([existsSync(join(folder, 'second')), cleaned]).toEqual([true, 1])
  })

  it('fails if a signal ends it twice', async () => {
    const ended = runTwice(script("process.kill(process.pid, 'SIGKILL')"), async () => {})
    await expect(ended).rejects.toMatchObject({ signal: 'SIGKILL' })
  })

  it('does not run again if it fails by itself', async () => {
    const failed = runTwice(script('process.exitCode = 3'), async () => {})
    await expect(failed).rejects.toMatchObject({ code: 3 })
    expect(existsSync(join(folder, 'second'))).toBe(false)
  })
})
