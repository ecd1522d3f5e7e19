import { type JobType, jobType } from '@muster/core'
import { createMuster, silentLogger } from '@muster/host'
import { freshDatabase } from '@muster/test-services/vitest'
import { expect, it, onTestFinished } from 'vitest'
import { pgModule } from './pg-module.ts'

const payload: JobType<{ readonly text: string }, string, { readonly text: string }>['payload'] = {
  '~standard': {
    version: 1,
    vendor: 'muster',
    validate: (value) => ({ value: value as { readonly text: string } }),
  },
}
const shout = jobType({
  name: 'shout',
  payload,
  handler: ({ payload, model }) => `${model}: ${payload.text}`,
})

it('tells of the end of a run where it was started and where it is only followed', async () => {
  const connectionString = await freshDatabase()
  const process = async () => {
    const muster = await createMuster({
      jobTypes: [shout],
      modules: [pgModule({ connectionString, poolSize: 4 })],
      logger: silentLogger,
    })
    onTestFinished(() => muster.close())
    return muster
  }
  const [one, other, worker] = [await process(), await process(), await process()]
  const { projectId } = await one.projects.add({ name: 'Greetings' })
  const scenarios = Array.from({ length: 20 }, (_, nth) => ({ payload: { text: `${nth}` } }))
  const run = await one.runs.start(projectId, { jobType: shout, scenarios, models: ['ann'] })
  expect(await one.definitions.get(run.definitionId)).toMatchObject({ jobType: 'shout', scenarioCount: 20 })
  const followed = await other.runs.follow(run.runId, shout)
  const ended = Promise.all([run.finished(), followed.finished()])
  await worker.work()
  expect(await ended).toMatchObject([{ status: 'completed' }, { status: 'completed' }])
  const results: string[] = []
  for await (const { result } of followed.results()) results.push(result)
  expect(results).toEqual(scenarios.map(({ payload }) => `ann: ${payload.text}`))
})
