import { Client, Pool } from 'pg'

// A nested statement's plan comes as one notice: how long it took, its text, and the plan as it ran.
const EXPLAIN_ALL = `
  load 'auto_explain';
  set auto_explain.log_min_duration = 0;
  set auto_explain.log_nested_statements = on;
  set auto_explain.log_analyze = on;
  set auto_explain.log_buffers = on;
  set auto_explain.log_timing = off;
  set client_min_messages = log`

/** A pool of one connection that notes the plan of every statement it runs, those inside functions too. Needs a superuser. */
export class ExplainedPool {
  readonly pool: Pool
  readonly #plans: string[] = []

  private constructor(connectionString: string) {
    this.pool = new Pool({ connectionString, max: 1, idleTimeoutMillis: 0 })
  }

  static async on(connectionString: string): Promise<ExplainedPool> {
    const explained = new ExplainedPool(connectionString)
    const client = await explained.pool.connect()
    if (client instanceof Client) client.on('notice', ({ message }) => explained.#note(message))
    await client.query(EXPLAIN_ALL)
    client.release()
    return explained
  }

  /** The plans of what ran since the last call. */
  taken(): string[] {
    return this.#plans.splice(0)
  }

  close(): Promise<void> {
    return this.pool.end()
  }

  #note(message: string | undefined): void {
    if (message?.includes('Query Text:'))
      this.#plans.push(message.replace(/^duration: [\d.]+ ms {2}plan:\n/, ''))
  }
}

/** The tables that these plans read from one end to the other, but for those they found with next to nothing in them. */
export function fullScans(plans: readonly string[], tables: readonly string[]): string[] {
  return plans.flatMap((plan) =>
    [...plan.matchAll(/Seq Scan on (\w+)/g)].flatMap(([, table]) =>
      table && tables.includes(table) ? [table] : [],
    ),
  )
}
