import { freshDatabase } from '@muster/test-services/vitest'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { Pool } from 'pg'
import { afterAll, expect, it } from 'vitest'
import { openPg } from '../connection/open-pg.ts'

const pools: Pool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

it('takes nothing from the counters for a task from before there were any', async () => {
  const pool = new Pool({ connectionString: await freshDatabase() })
  pools.push(pool)
  const [clock, ids] = [new VirtualClock(), new SequentialIds()]
  const persistence = await openPg({ pool }, { clock, ids })
  const world = await openEngine({ adapter: { persistence, clock, ids }, steps: [ANNOTATE, REVIEW] })
  const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
  const { taskId } = await world.task()
  await pool.query('update task set counted = false where task_id = $1', [taskId])
  await world.does(ann, { label: 'nl' })
  await world.does(ben, { verdict: 'return' })
  await world.finish(ann, await world.held(ann), { label: 'de' })
  const counters = await persistence.stores.quality.listCounters({ projectId: world.projectId }, 'overall')
  expect(counters).toEqual({ compositions: [], pairs: [], shares: [], raters: [] })
  await persistence.close()
})
