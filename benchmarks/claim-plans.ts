import type { UserId } from '@muster/core'
import { Pool } from 'pg'
import { type ClaimWorld, engineOn } from './claim-world.ts'
import { openStores } from './databases.ts'

const EXPLAIN = `
  load 'auto_explain';
  set auto_explain.log_min_duration = 0;
  set auto_explain.log_nested_statements = on;
  set auto_explain.log_analyze = on;
  set auto_explain.log_buffers = on;
  set client_min_messages = log`

/** What the server does for one claim of `userId`: each statement with its plan, those inside functions too. Wants a superuser. */
export async function plansOf(world: ClaimWorld, userId: UserId): Promise<readonly string[]> {
  const pool = new Pool({ connectionString: world.url, max: 1 })
  const plans: string[] = []
  pool.on('connect', (client) => {
    client.on('notice', ({ message }) => {
      if (message?.startsWith('duration')) plans.push(message)
    })
  })
  try {
    const engine = engineOn(await openStores({ pool }))
    // The first claim of a connection is slow, for it makes the plans.
    await engine.claimNext({ userId })
    await pool.query(EXPLAIN)
    await engine.claimNext({ userId })
    return plans
  } finally {
    await pool.end()
  }
}
