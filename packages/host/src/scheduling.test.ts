import { jobType } from '@muster/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { createMuster } from './container.ts'
import type { Muster } from './muster.ts'
import { silentLogger } from './system/index.ts'

const twice = jobType({
  name: 'twice',
  payload: z.null(),
  retry: { baseMs: 1, capMs: 1 },
  handler: ({ attempt }) => {
    if (attempt === 1) throw new Error('not yet')
    return attempt
  },
})
let muster: Muster<typeof twice>
let projectId: Awaited<ReturnType<Muster['projects']['add']>>['projectId']
beforeEach(async () => {
  muster = await createMuster({ jobTypes: [twice], logger: silentLogger })
  projectId = (await muster.projects.add({ name: 'Retries' })).projectId
})
afterEach(() => muster.close())

const start = () =>
  muster.runs.start(projectId, { jobType: twice, scenarios: [{ payload: null }], models: ['m'] })
/** The run, once its first attempt has failed. */
async function failedOnce() {
  const run = await start()
  const isWaiting = async () => (await muster.runs.jobs(run.runId, {}, {})).items[0]?.error !== null
  while (!(await isWaiting())) await muster.clock.wait(5)
  return run
}

it('retries if one process does nothing but work', async () => {
  const run = await start()
  await muster.work()
  expect(await run.finished()).toMatchObject({ tallies: { completed: 1 } })
})

it('schedules as long as one worker of the process is there that does', async () => {
  const [first, second] = [await muster.work(), await muster.work()]
  await first.close()
  await first.close()
  expect(await (await start()).finished()).toMatchObject({ tallies: { completed: 1 } })
  await second.close()
  await muster.work({ schedule: false })
  const run = await failedOnce()
  const scheduler = await muster.schedule()
  await run.finished()
  await scheduler.close()
})

it('leaves retries to others if it is told to', async () => {
  await muster.work({ schedule: false })
  const run = await failedOnce()
  expect(await muster.runs.get(run.runId)).toMatchObject({ status: 'running', tallies: { completed: 0 } })
  await expect(muster.work({ schedule: 'no' as never })).rejects.toThrow(/schedule must be true or false/)
})
