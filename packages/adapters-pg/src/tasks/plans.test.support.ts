import type { Stores } from '@muster/core/ports'
import { newId } from '@muster/testing'
import { type Client, escapeLiteral } from 'pg'
import type { Connection, Statement } from '../connection/queryable.ts'
import { LOOK, Session, type SessionRow } from '../connection/session.ts'
import { TYPES, textsOf } from '../connection/values.ts'
import { storesOn } from '../stores/stores-on.ts'

/**
 * More is asked again, until the least was seen twice: a session that fell behind what other databases told of their catalogs reads
 * its own anew, and beside busy databases that happens several times in a row.
 */
const FEW_BLOCKS = 100
const MOST_TRIES = 10

/** How the statements themselves are planned; what is inside functions is planned once in any case. */
export type PlanMode = 'force_generic_plan' | 'force_custom_plan'

interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: Readonly<Record<string, number>> }]
}

/**
 * Stores on one session of Muster's that say, of each statement, how many blocks the database read for it: asked of EXPLAIN (ANALYZE, BUFFERS), so
 * what functions do counts too. Each statement is explained, taken back, and done.
 */
export class ExplainedStores {
  readonly stores: Stores
  readonly #client: Client
  readonly #prepared = new Set<string>()
  #blocks = 0

  private constructor(client: Client, now: () => Date) {
    this.#client = client
    const connection: Connection = {
      rows: (statement, values = []) => this.#rows(statement, values),
      atomically: (work) => work(connection),
    }
    this.stores = storesOn(connection, { clock: { now, wait: async () => {} }, ids: { next: newId } })
  }

  static async on(client: Client, mode: PlanMode, now: () => Date): Promise<ExplainedStores> {
    const { rows } = await client.query<SessionRow>(LOOK)
    const [found] = rows
    if (!found) throw new Error('The database gave no row')
    await client.query(new Session(found).whole)
    await client.query(`set plan_cache_mode = ${mode}`)
    return new ExplainedStores(client, now)
  }

  /** How many blocks `work` reads, found in memory or not. */
  async blocksOf(work: (stores: Stores) => Promise<unknown>): Promise<number> {
    this.#blocks = 0
    await work(this.stores)
    return this.#blocks
  }

  async #rows<Row extends object>({ name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
    if (!this.#prepared.has(name)) await this.#client.query(`prepare "${name}" as ${text}`)
    this.#prepared.add(name)
    const literals = textsOf(values).map((value) => (value === null ? 'null' : escapeLiteral(value)))
    const execute = `execute "${name}"${literals.length > 0 ? ` (${literals.join(', ')})` : ''}`
    this.#blocks += await this.#least(execute)
    return (await this.#client.query<Row>({ text: execute, types: TYPES })).rows
  }

  async #least(execute: string): Promise<number> {
    let least = await this.#explain(execute)
    for (let tries = 1; least > FEW_BLOCKS && tries < MOST_TRIES; tries++) {
      const blocks = await this.#explain(execute)
      if (blocks === least) break
      least = Math.min(least, blocks)
    }
    return least
  }

  async #explain(execute: string): Promise<number> {
    await this.#client.query('begin')
    const { rows: explained } = await this.#client.query<Explained>(
      `explain (analyze, buffers, timing off, format json) ${execute}`,
    )
    await this.#client.query('rollback')
    const plan = explained[0]?.['QUERY PLAN'][0].Plan ?? {}
    return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
  }
}
