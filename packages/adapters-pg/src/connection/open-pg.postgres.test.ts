import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { UnavailableError } from '@muster/core'
import { openProxy } from '@muster/test-services'
import { freshDatabase } from '@muster/test-services/vitest'
import { aUser, SequentialIds, VirtualClock } from '@muster/testing'
import { Client, Pool } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { PgPersistence } from '../stores/pg-persistence.ts'
import type { PgPorts } from '../stores/pg-ports.ts'
import { openPg } from './open-pg.ts'

describe('a server that goes away', () => {
  it('fails as UnavailableError if nobody listens', async () => {
    await expect(openPg({ connectionString: await deadEnd() }, ports())).rejects.toThrow(UnavailableError)
  })

  it('fails as UnavailableError if it does not answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    const opening = openPg({ connectionString: `postgres://someone@127.0.0.1:${portOf(silent)}/x` }, ports())
    await expect(opening).rejects.toThrow(UnavailableError)
  })

  it('fails the statement that met it, and serves the next', async () => {
    const { persistence, admin } = await opened()
    const user = aUser()
    await persistence.stores.people.add(user)
    const broken = persistence.transaction(async ({ people }) => {
      await people.save({ ...user, displayName: 'Changed' })
      await terminateAll(admin)
      return people.find(user.userId)
    })
    await expect(broken).rejects.toThrow(UnavailableError)
    expect(await persistence.stores.people.find(user.userId)).toEqual(user)
  })

  it('fails as UnavailableError for all that wait, and at once for later calls, if it falls silent; then serves again', async () => {
    const proxy = await openProxy(await freshDatabase())
    onTestFinished(() => proxy.close())
    const persistence = await openPg({ connectionString: proxy.url, poolSize: 2 }, ports())
    onTestFinished(() => persistence.close())
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: silence, resolve: fallSilent } = Promise.withResolvers<void>()
    const inside = persistence.transaction(async ({ people }) => {
      begin()
      await silence
      await people.add(aUser())
    })
    await begun
    const unwatched = new Pool({ connectionString: proxy.url })
    onTestFinished(() => unwatched.end())
    await unwatched.query('select')
    proxy.set('silent')
    fallSilent()
    const waiting = unwatched.query('select').then(
      () => 'answered',
      () => 'failed',
    )
    // One in a transaction, one on the pool's other connection, one that waits for either.
    const ends = await Promise.allSettled([inside, persistence.check(), persistence.check()])
    const codes = ends.map((end) => end.status === 'rejected' && end.reason.code)
    expect(codes).toEqual(['unavailable', 'unavailable', 'unavailable'])
    expect(await Promise.race([waiting, Promise.resolve('waits for ever')])).toBe('waits for ever')
    await expect(persistence.check()).rejects.toThrow(UnavailableError)
    proxy.set('open')
    await expect.poll(() => isWell(persistence)).toBe(true)
  })

  it('may take long over a statement', async () => {
    const { persistence, admin } = await opened()
    await admin.query('begin')
    await admin.query('lock table person')
    const user = aUser()
    const adding = persistence.stores.people.add(user)
    await admin.query('select pg_sleep(4)')
    await admin.query('commit')
    await adding
    expect(await persistence.stores.people.find(user.userId)).toEqual(user)
  })

  it('is not taken for gone if this process stood still', async () => {
    const connectionString = await freshDatabase()
    const { promise: looked, resolve: look } = Promise.withResolvers<void>()
    let stands = false
    const stream = (): Socket => {
      const socket = new Socket()
      if (stands) socket.once('connect', standStill).once('close', () => look())
      return socket
    }
    const pool = new Pool({ connectionString, max: 1, stream })
    const persistence = await openPg({ pool }, ports())
    const admin = new Client({ connectionString })
    await admin.connect()
    onTestFinished(async () => {
      await persistence.close()
      await Promise.all([pool.end(), admin.end()])
    })
    await admin.query('begin')
    await admin.query('lock table person')
    stands = true
    const adding = persistence.stores.people.add(aUser())
    await Promise.race([looked, adding])
    await admin.query('commit')
    await expect(adding).resolves.toBeUndefined()
  })

  it('does no harm while nobody asks', async () => {
    const { persistence, admin } = await opened()
    await persistence.check()
    await terminateAll(admin)
    await expect.poll(() => isWell(persistence)).toBe(true)
  })
})

describe('a transaction', () => {
  it('is tried again after a deadlock', async () => {
    const { persistence } = await opened()
    const [one, other] = [aUser(), aUser()]
    await persistence.stores.people.add(one)
    await persistence.stores.people.add(other)
    const meet = new Meeting(2)
    const tries: string[] = []
    const move = (name: string, first: typeof one, second: typeof one): Promise<void> =>
      persistence.transaction(async ({ people }) => {
        tries.push(name)
        await people.lock([first.userId])
        if (tries.length <= 2) await meet.everybody()
        await people.lock([second.userId])
      })
    await Promise.all([move('there', one, other), move('back', other, one)])
    // Whoever tries again may be there before the other one wakes, and meet it once more.
    expect(tries.length).toBeGreaterThan(2)
  })

  it('does not commit when its work went on after a failed statement', async () => {
    const { persistence } = await opened()
    const [kept, never] = [aUser(), aUser()]
    await persistence.stores.people.add(kept)
    const careless = persistence.transaction(async ({ people }) => {
      await people.add(never)
      await people.add(kept).catch(() => undefined)
    })
    await expect(careless).rejects.toThrow('The userId is taken')
    expect(await persistence.stores.people.find(never.userId)).toBeUndefined()
  })
})

it('leaves a pool open that it was given', async () => {
  const pool = new Pool({ connectionString: await freshDatabase() })
  onTestFinished(() => pool.end())
  const persistence = await openPg({ pool }, ports())
  await persistence.close()
  await persistence.close()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

it('fails as UnavailableError after it was closed', async () => {
  const { persistence } = await opened()
  await persistence.close()
  await expect(persistence.check()).rejects.toThrow(UnavailableError)
})

it('is not well with a schema that it does not know', async () => {
  const { persistence, admin } = await opened()
  await admin.query(`insert into muster_migration values (9999, '9999_future.sql', now())`)
  await expect(persistence.check()).rejects.toThrow(UnavailableError)
})

/** A point that everybody waits at until all have come. */
class Meeting {
  #missing: number
  readonly #all = Promise.withResolvers<void>()

  constructor(size: number) {
    this.#missing = size
  }

  everybody(): Promise<void> {
    this.#missing -= 1
    if (this.#missing === 0) this.#all.resolve()
    return this.#all.promise
  }
}

function ports(): PgPorts {
  return { clock: new VirtualClock(), ids: new SequentialIds() }
}

async function opened(): Promise<{ readonly persistence: PgPersistence; readonly admin: Client }> {
  const connectionString = await freshDatabase()
  const persistence = await openPg({ connectionString }, ports())
  const admin = new Client({ connectionString })
  await admin.connect()
  onTestFinished(async () => {
    await persistence.close()
    await admin.end()
  })
  return { persistence, admin }
}

async function isWell(persistence: PgPersistence): Promise<boolean> {
  try {
    await persistence.check()
    return true
  } catch {
    return false
  }
}

/** Ends every connection to the database but this one. */
async function terminateAll(admin: Client): Promise<void> {
  await admin.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
}

/** Blocks the event loop for longer than a server may take to answer. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_500)
}

/** Where a server was a moment ago. */
async function deadEnd(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return `postgres://someone@127.0.0.1:${port}/x`
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}
