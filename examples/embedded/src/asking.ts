import { jobType } from '@muster/core'
import { createMuster } from '@muster/host'
import { z } from 'zod'

let summaries = 0

/** Asks a person about what it has written, and sleeps until they have answered. */
const reviewClaim = jobType({
  name: 'review:claim',
  payload: z.strictObject({ text: z.string() }),
  handler: async ({ payload: { text }, attempt }, { ask, once }) => {
    console.log(`attempt ${attempt} begins`)
    const draft = await once('draft', () => `${text} (summary ${++summaries})`)
    const { answer, by } = await ask('verdict', { payload: { draft } })
    return { draft, answer, people: by.length }
  },
})
const muster = await createMuster({ jobTypes: [reviewClaim] })

const { workflowId } = await muster.workflows.add({
  name: 'review',
  steps: [{ stepId: 'verdict', stepType: 'annotation' }],
})
const { projectId } = await muster.projects.add({ name: 'Claims', workflowId })
const { userId } = await muster.people.add({ displayName: 'Ann' })
await muster.projects.addMember(projectId, userId)

// A worker does the job, a scheduler wakes it.
const { jobId } = await muster.queue.add(projectId, reviewClaim, { text: 'The bridge was closed.' })
await muster.work()
await muster.schedule()
await until(async () => (await muster.queue.get(projectId, jobId)).asleep)

const claim = await muster.assignments.claimNext({ userId })
if (claim.kind === 'nothing') throw new Error('Ann has nothing to do')
const { assignmentId, taskId } = claim.assignment
const by = { userId, role: 'annotator' as const, memberships: new Set([projectId]) }
console.log('Ann sees', (await muster.tasks.get(taskId)).payload)
await muster.assignments.start({ assignmentId, by })
await muster.assignments.submit({ assignmentId, by, result: { holds: true } })

await until(async () => (await muster.queue.get(projectId, jobId)).state === 'completed')
console.log((await muster.queue.get(projectId, jobId)).result)
await muster.close()

/** Looks again until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}
