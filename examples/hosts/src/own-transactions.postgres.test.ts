import { jobType } from '@muster/core'
import { freshDatabase } from '@muster/test-services/vitest'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import { Client, Pool } from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { openMailingShop, orderWithDrizzle, orderWithKysely, orderWithPg } from './own-transactions.ts'

const TOO_LONG = 'more tea than there is'

it('makes an order and its job together or not at all, with pg, Kysely and Drizzle', async () => {
  const pool = new Pool({ connectionString: await freshDatabase(), max: 4 })
  onTestFinished(() => pool.end())
  const muster = await openMailingShop(pool)
  const { projectId } = await muster.projects.add({ name: 'Tea' })
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const orders = [
    (item: string) => orderWithPg(muster, projectId, pool, item),
    (item: string) => orderWithKysely(muster, projectId, kysely, item),
    (item: string) => orderWithDrizzle(muster, projectId, drizzle(pool), item),
  ]
  for (const [nth, order] of orders.entries()) {
    await order(`tea ${nth}`)
    await expect(order(TOO_LONG)).rejects.toThrow(Error)
  }
  // Nobody schedules here: nudges alone put them in line.
  const counts = async () => (await muster.queue.status(projectId, {})).counts.pending
  await expect.poll(counts).toBe(3)
  const { items } = await muster.queue.status(projectId, {})
  expect(items.map(({ position, type }) => [position, type])).toEqual([1, 2, 3].map((at) => [at, 'mail']))
  const facts = await muster.persistence.stores.events.read(projectId, 0, 100)
  expect(facts.filter(({ type }) => type === 'queue_item_added')).toHaveLength(3)

  const closed = new Client({ connectionString: await freshDatabase() })
  await closed.connect()
  const [jobTypeOf] = [
    jobType({ name: 'mail', payload: z.object({ about: z.string() }), handler: () => null }),
  ]
  const add = (tx: Client) => muster.queue.add(projectId, jobTypeOf as never, { about: 'x' } as never, { tx })
  await expect(add(closed)).rejects.toThrow('a database without Muster')
  await closed.end()
  await expect(add(closed)).rejects.toThrow(TypeError)
  await muster.close()
})
