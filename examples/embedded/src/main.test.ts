import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('runs machines and people in one script', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@muster/source', main])
  expect(stdout.trimEnd().split('\n')).toEqual([
    '2 settled by machines, 2 for people',
    'Ann may not review her own work: { excludedByStep: 1 }',
    'Ann may not review her own work: { excludedByStep: 1 }',
    "Wir gehen heim nouns said en and people { label: 'de' }",
    "Wir gehen heim endings said de and people { label: 'de' }",
    "He went to Berlin nouns said de and people { label: 'de' }",
    "He went to Berlin endings said en and people { label: 'de' }",
  ])
}, 120_000)
