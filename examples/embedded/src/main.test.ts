import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** The lines that a program of this folder prints. */
async function printed(program: URL): Promise<string[]> {
  const file = fileURLToPath(program)
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@muster/source', file])
  return stdout.trimEnd().split('\n')
}

it('lets a job ask a person, and go on with the answer', async () => {
  expect(await printed(new URL('asking.ts', import.meta.url))).toEqual([
    'attempt 1 begins',
    "Ann sees { draft: 'The bridge was closed. (summary 1)' }",
    'attempt 2 begins',
    '{',
    "  draft: 'The bridge was closed. (summary 1)',",
    '  answer: { holds: true },',
    '  people: 1',
    '}',
  ])
})

it('runs machines and people in one script', async () => {
  expect(await printed(new URL('main.ts', import.meta.url))).toEqual([
    '2 settled by machines, 2 for people',
    'Ann may not review her own work: { excludedByStep: 1 }',
    'Ann may not review her own work: { excludedByStep: 1 }',
    "Wir gehen heim nouns said en and people { label: 'de' }",
    "Wir gehen heim endings said de and people { label: 'de' }",
    "He went to Berlin nouns said de and people { label: 'de' }",
    "He went to Berlin endings said en and people { label: 'de' }",
  ])
})
