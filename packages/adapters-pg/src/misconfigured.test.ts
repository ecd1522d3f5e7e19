import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MisconfiguredError } from '@muster/core'
import { coreModule } from '@muster/host'
import { SequentialIds, VirtualClock } from '@muster/testing'
import pg from 'pg'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { assertDriver } from './checked-options.ts'
import { openPg } from './connection/open-pg.ts'
import type { PgOptions } from './connection/pg-options.ts'
import { pgModule } from './pg-module.ts'
import { putEmptyDatabase } from './pglite/pglite-template.test.support.ts'

const root = await mkdtemp(join(tmpdir(), 'muster-misconfigured-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const opening = (options: PgOptions): Promise<unknown> =>
  openPg(options, { clock: new VirtualClock(), ids: new SequentialIds() })

it.each<[why: string, options: object, message: RegExp]>([
  [
    'no connection string',
    { connectionString: undefined },
    /^pgModule: connectionString is undefined: name a database$/,
  ],
  [
    'an empty connection string',
    { connectionString: '' },
    /^pgModule: connectionString must be a text such as postgres:.*, not an empty text$/,
  ],
  ['a connection string that is none', { connectionString: 7 }, /^pgModule: connectionString must be a text/],
  ['no pool', { pool: undefined }, /^pgModule: pool is undefined/],
  [
    'a pool of another major of the driver',
    { pool: { connect() {}, query() {}, Client: class {} } },
    /^pgModule: pool must be a Pool of pg 8\.11 or newer/,
  ],
  ['no folder', { pglite: '' }, /^pgModule: pglite must be a text that is not empty/],
  ['a name that is misspelled', { conectionString: 'postgres://x' }, /did you mean connectionString\?$/],
  [
    'a switch that is a text',
    { pglite: 'x', migrate: 'no' },
    /^pgModule: migrate must be true or false, not a text$/,
  ],
  ['no place at all', {}, /^pgModule: name one of connectionString, pool, pglite$/],
  ['two places', { pglite: 'x', connectionString: 'postgres://x' }, /^pgModule: name one of/],
  ...[0, -1, 1.5, Number.NaN, 10_001, '5'].map((poolSize): [string, object, RegExp] => [
    `a pool of ${poolSize}`,
    { connectionString: 'postgres://x', poolSize },
    /^pgModule: poolSize must be a whole number from 1 to 10000, not /,
  ]),
])('refuses %s at once', async (_why, options, message) => {
  expect(() => pgModule(options as PgOptions)).toThrow(message)
  await expect(opening(options as PgOptions)).rejects.toThrow(message)
})

it('refuses a driver that is too old, and a pool of the present one never', () => {
  // As the module of pg 8.10 is.
  const { Client, Pool } = pg
  expect(() => assertDriver({ Client, Pool })).toThrow(/needs pg 8\.11 or newer/)
  expect(() => assertDriver(pg)).not.toThrow()
  expect(() => pgModule({ pool: new Pool() })).not.toThrow()
})

it.each([
  [
    'postgres://u:hidden@127.0.0.1:1/m?sslmode=required',
    /sslmode=required, which is not known: write one of/,
  ],
  ['postgres://u:hid%den@127.0.0.1:1/m', /percent sign/],
  [
    'postgres://u:hidden@127.0.0.1:1/m?sslrootcert=/nowhere/ca.pem',
    /\/nowhere\/ca\.pem cannot be read \(ENOENT\)/,
  ],
  ['mysql://u:hidden@127.0.0.1:1/m', /none of Postgres/],
  ['host=127.0.0.1 password=hidden', /none of Postgres/],
])('refuses %s without waiting, and does not repeat its password', async (connectionString, message) => {
  const error = await opening({ connectionString }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(MisconfiguredError)
  expect((error as Error).message).toMatch(message)
  expect((error as Error).message).not.toMatch(/hidden|hid%den/)
})

it.each([
  ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['a server of another protocol', 'SSH-2.0-x\r\n'],
])('refuses an address at which %s answers', async (_what, greeting) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(greeting))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const error = await opening({ connectionString: `postgres://u:hidden@127.0.0.1:${port}/m` }).catch(
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(MisconfiguredError)
  expect((error as Error).message).toMatch(
    new RegExp(`^Something else than Postgres answers at 127.0.0.1:${port}:`),
  )
})

it('names a folder that cannot be used, says why, and leaves it as it was', async () => {
  const at = (name: string): string => join(root, name)
  await writeFile(at('file'), '')
  await mkdir(at('foreign'))
  await writeFile(at('foreign/thesis.txt'), '')
  await mkdir(at('old/database'), { recursive: true })
  await writeFile(at('old/database/PG_VERSION'), '15\n')
  await mkdir(at('strange'))
  await writeFile(at('strange/lock'), 'x'.repeat(10_000))
  const cases: [folder: string, why: RegExp][] = [
    [at('file'), /is a file: choose a folder/],
    [at('file/in/it'), /lies in a file/],
    [at('foreign'), /holds other things \(thesis\.txt\)/],
    [at('old'), /holds a database of Postgres 15, and this version of Muster reads Postgres 18/],
    [at('strange'), /has a file `lock` that is not Muster’s/],
    [at('x'.repeat(300)), /name that is too long/],
    [`${root}/a\u0000b`, /character that no path may have/],
  ]
  for (const [pglite, why] of cases) {
    const error = await opening({ pglite }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(MisconfiguredError)
    expect((error as Error).message).toContain(pglite)
    expect((error as Error).message).toMatch(why)
    expect((error as Error).message).not.toContain('\n')
  }
  expect(await readdir(at('foreign'))).toEqual(['thesis.txt'])
})

it('says that a database is damaged, and takes one whose lock got lost', async () => {
  const whole = join(root, 'whole')
  await putEmptyDatabase(whole)
  await rm(join(whole, 'lock'), { force: true })
  const damaged = join(root, 'damaged')
  await cp(whole, damaged, { recursive: true })
  await rm(join(damaged, 'database', 'global', 'pg_control'))
  await expect(opening({ pglite: damaged })).rejects.toThrow(/^The database in .* cannot be opened/)
  const persistence = (await opening({ pglite: whole })) as { close(): Promise<void> }
  await persistence.close()
})

it.each([0, -1, Number.NaN, 10 ** 8])('refuses to keep facts for %d hours', (keepEventsHours) => {
  expect(() => coreModule({ keepEventsHours })).toThrow(/^coreModule: keepEventsHours must be/)
})
