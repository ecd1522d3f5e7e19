import { freshDatabase } from '@muster/test-services/vitest'
import { Pool } from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { openShop } from './own-pool.ts'

it('shares its pool with Muster, and keeps its tables, settings and transactions', async () => {
  const pool = new Pool({ connectionString: await freshDatabase(), max: 2, application_name: 'shop' })
  onTestFinished(() => pool.end())
  const { muster, order, orders } = await openShop(pool)
  const before = await settingsOf(pool)

  const { projectId } = await muster.projects.add({ name: 'Tea' })
  await order('tea', 2)
  await expect(order('tea', -1)).rejects.toThrow('orders_count_check')
  expect(await orders()).toEqual([{ item: 'tea', count: 2 }])
  expect(await muster.projects.get(projectId)).toMatchObject({ name: 'Tea' })
  expect(await settingsOf(pool)).toEqual(before)

  await muster.close()
  expect(await orders(), 'the pool is still open').toHaveLength(1)
})

/** What sessions of the host go by, on every connection of its pool. */
async function settingsOf(pool: Pool): Promise<unknown[]> {
  const clients = [await pool.connect(), await pool.connect()]
  try {
    const reading = clients.map((client) =>
      client.query(`select name, setting from pg_settings where source = 'session' or name = 'search_path'`),
    )
    return (await Promise.all(reading)).map(({ rows }) => rows)
  } finally {
    for (const client of clients) client.release()
  }
}
