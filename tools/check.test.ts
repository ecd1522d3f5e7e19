import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const CHECK = fileURLToPath(new URL('check.ts', import.meta.url))
const SCRIPTS = ['types', 'style', 'arrows', 'sql', 'lint', 'unused', 'api', 'exports']

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-check-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** What is said of each check, and the code that all end with, if this one fails. */
async function checked(failing?: string): Promise<{ readonly said: string[]; readonly code: unknown }> {
  const scripts = Object.fromEntries(
    SCRIPTS.map((name) => [`check:${name}`, name === failing ? 'exit 3' : `echo said by ${name}`]),
  )
  await writeFile(join(folder, 'package.json'), JSON.stringify({ scripts }))
  const child = spawn(process.execPath, [CHECK], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return {
    said: out
      .replace(/ in [\d.]+ s$/gm, '')
      .split('\n')
      .filter(Boolean)
      .sort(),
    code,
  }
}

const passed = (name: string): string[] => [`check:${name}: passed`, `said by ${name}`]

describe('the check of the repository', () => {
  it('passes if every check does, and shows what each said', async () => {
    expect(await checked()).toEqual({ said: SCRIPTS.flatMap(passed).sort(), code: 0 })
  })

  it.each(['sql', 'api'])('fails if %s alone fails, after all others have run', async (failing) => {
    const others = SCRIPTS.filter((name) => name !== failing).flatMap(passed)
    expect(await checked(failing)).toEqual({ said: [...others, `check:${failing}: FAILED`].sort(), code: 1 })
  })

  it('fails if the types do, without a look at what they were to build', async () => {
    const others = ['style', 'arrows', 'sql'].flatMap(passed)
    expect(await checked('types')).toEqual({ said: [...others, 'check:types: FAILED'].sort(), code: 1 })
  })
})
