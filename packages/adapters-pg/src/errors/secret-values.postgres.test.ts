import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { Logger } from '@muster/core/ports'
import { coreModule, createMuster } from '@muster/host'
import { startPostgres } from '@muster/test-services'
import { freshDatabase } from '@muster/test-services/vitest'
import { Pool } from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { poolBackend } from '../connection/backend.ts'
import { pgModule } from '../pg-module.ts'
import { tellingFailures } from './secret-values.test.support.ts'

const PASSWORD = 'wrong-5d20f6c813'

it('tells no value of a statement that fails', async () => {
  const backend = poolBackend(new Pool({ connectionString: await freshDatabase(), max: 2 }), {
    owned: true,
    prepared: true,
  })
  onTestFinished(() => backend.close())
  expect(await tellingFailures(backend)).toEqual([])
})

it('tells no password of a database that refuses it', async () => {
  const rules = join(tmpdir(), `muster-hba-${randomUUID()}`)
  await writeFile(rules, 'host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n', {
    mode: 0o644,
  })
  const server = await startPostgres({ settings: { hba_file: rules } })
  onTestFinished(() => server.stop())
  const { host } = new URL(server.connectionString)
  const lines: unknown[] = []
  const write = (...line: readonly unknown[]): void => void lines.push(line)
  const logger: Logger = { debug: write, info: write, warn: write, error: write }
  for (const connectionString of [
    `postgres://nobody:${PASSWORD}@${host}/postgres`,
    `postgres://nobody:${PASSWORD}@${host}/postgres?sslmode=no-verify`,
    `postgres://nobody:${PASSWORD}@127.0.0.1:1/postgres`,
    `postgres://postgres:${PASSWORD}@${host}/no_such_database`,
  ]) {
    const opening = createMuster({ modules: [coreModule({ logger }), pgModule({ connectionString })] })
    lines.push(await opening.catch((error: unknown) => error))
  }
  expect(lines.filter((line) => line instanceof Error)).toHaveLength(4)
  expect(inspect(lines, { depth: 20, showHidden: true })).not.toContain(PASSWORD)
})
