// A host in CommonJS: Node requires ES modules from 22.12 on.
const { jobType } = require('@muster/core')
const { coreModule, createMuster } = require('@muster/host')
const { z } = require('zod')

const shout = jobType({
  name: 'shout',
  payload: z.object({ text: z.string() }),
  handler: ({ payload }) => payload.text.toUpperCase(),
})

async function main() {
  const muster = await createMuster({ modules: [coreModule({ jobTypes: [shout] })] })
  const { projectId } = await muster.projects.add({ name: 'Greetings' })
  const definition = { name: 'greetings', jobType: 'shout', scenarios: [{ payload: { text: 'hello' } }] }
  const { definitionId } = await muster.definitions.add(projectId, definition)
  const { runId } = await muster.runs.start(projectId, { definitionId, models: ['ann'] })
  await muster.work()
  while ((await muster.runs.get(runId)).status !== 'completed') await muster.clock.wait(10)
  for await (const { result } of muster.runs.results(runId)) console.log(result)
  await muster.close()
}
void main()
