import { readFileSync } from 'node:fs'
import { clockContract, idsContract, randomContract } from '@muster/testing/suites'
import { expect, it } from 'vitest'
import { systemClock, systemRandom, uuidIds } from './index.ts'
import { VERSION } from './version.ts'

clockContract('The machine’s clock', () => ({ clock: systemClock }))
idsContract('UUIDv7', () => uuidIds)
randomContract('The machine’s chance', () => systemRandom)

it('names the version that the packages have', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(VERSION).toBe(version)
})
