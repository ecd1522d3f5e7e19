import { pgModule } from '@muster/adapters-pg'
import type { Muster } from '@muster/host'
import { coreModule, createMuster } from '@muster/host'
import type { Pool } from 'pg'

interface Order {
  readonly item: string
  readonly count: number
}

/** A shop with a pool of its own, and tables in a schema of its own, because those of Muster have plain names. */
export async function openShop(pool: Pool): Promise<{
  readonly muster: Muster
  readonly order: (item: string, count: number) => Promise<void>
  readonly orders: () => Promise<Order[]>
}> {
  await pool.query('create schema if not exists shop')
  await pool.query(
    'create table if not exists shop.orders (item text not null, count int not null check (count > 0))',
  )
  const muster = await createMuster({ modules: [coreModule(), pgModule({ pool })] })
  return {
    muster,
    async order(item, count) {
      await pool.query('insert into shop.orders (item, count) values ($1, $2)', [item, count])
    },
    async orders() {
      const { rows } = await pool.query<Order>('select item, count from shop.orders')
      return rows
    },
  }
}
