import { pgModule } from '@muster/adapters-pg'
import { jobType, type ProjectId } from '@muster/core'
import { createMuster, type Muster } from '@muster/host'
import { sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { CompiledQuery, type Kysely } from 'kysely'
import type { Pool } from 'pg'
import { z } from 'zod'

/** Says that an order has come. */
const mail = jobType({
  name: 'mail',
  payload: z.object({ about: z.string() }),
  handler: ({ payload }) => `told of ${payload.about}`,
})

type Shop = Muster<typeof mail>

const ORDER = 'insert into shop.orders (item) values ($1)'

/** A shop that makes each order and the mail about it together, or neither. */
export async function openMailingShop(pool: Pool): Promise<Shop> {
  await pool.query('create schema if not exists shop')
  await pool.query('create table if not exists shop.orders (item text not null check (length(item) < 20))')
  return createMuster({ jobTypes: [mail], modules: [pgModule({ pool })] })
}

/** With `pg`: the client whose transaction is open is the option `tx`. */
export async function orderWithPg(
  muster: Shop,
  projectId: ProjectId,
  pool: Pool,
  item: string,
): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await muster.queue.add(projectId, mail, { about: item }, { tx: client })
    await client.query(ORDER, [item])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
  muster.queue.nudge()
}

/** With Kysely: the statement is run as it is. */
export async function orderWithKysely(
  muster: Shop,
  projectId: ProjectId,
  db: Kysely<unknown>,
  item: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { text, values } = muster.queue.statement(projectId, mail, { about: item })
    await trx.executeQuery(CompiledQuery.raw(text, [...values]))
    await trx.executeQuery(CompiledQuery.raw(ORDER, [item]))
  })
  muster.queue.nudge()
}

/** With Drizzle: the text of the statement stands around its one value. */
export async function orderWithDrizzle(
  muster: Shop,
  projectId: ProjectId,
  db: NodePgDatabase,
  item: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { text, values } = muster.queue.statement(projectId, mail, { about: item })
    const [before = '', after = ''] = text.split('$1')
    await tx.execute(sql`${sql.raw(before)}${values[0]}${sql.raw(after)}`)
    await tx.execute(sql`insert into shop.orders (item) values (${item})`)
  })
  muster.queue.nudge()
}
