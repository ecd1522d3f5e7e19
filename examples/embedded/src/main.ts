import { jobType, type UserId } from '@muster/core'
import { createMuster } from '@muster/host'
import { z } from 'zod'

/** Two poor models of what language a text is in: they are often of different minds. */
const guess = jobType({
  name: 'guess',
  payload: z.strictObject({ text: z.string() }),
  handler: ({ payload: { text }, model }) => {
    const german = model === 'nouns' ? / [A-ZÄÖÜ]/u.test(text) : /[äöüß]|en\b/u.test(text)
    return german ? 'de' : 'en'
  },
})
const muster = await createMuster({ jobTypes: [guess] })

// Two people, who label what the models split on. Whoever labelled may not review.
const { workflowId } = await muster.workflows.add({
  name: 'label and review',
  steps: [
    { stepId: 'label', stepType: 'annotation' },
    { stepId: 'review', stepType: 'review' },
  ],
})
const { projectId } = await muster.projects.add({ name: 'Languages', workflowId })
const [ann, ben] = [await join('Ann'), await join('Ben')]

// The machines: every text × every model is a job. What they split on goes to the people.
const texts = ['Guten Morgen', 'Good morning', 'Wir gehen heim', 'He went to Berlin']
const run = await muster.runs.start(projectId, {
  jobType: guess,
  scenarios: texts.map((text) => ({ scenarioId: text, payload: { text } })),
  models: ['nouns', 'endings'],
  escalation: {
    when: [{ type: 'disagreement', agreeOn: '' }],
    task: { payload: { text: { $: '/scenario/payload/text' }, candidates: { $: '/candidates' } } },
  },
})
await muster.work()
const told = await run.decided()
console.log(`${told?.kept} settled by machines, ${told?.escalated} for people`)

while (await work(ann, { label: 'de' })) {
  const again = await muster.assignments.claimNext({ userId: ann, stepType: 'review' })
  if (again.kind === 'nothing') console.log('Ann may not review her own work:', again.reasons)
  await work(ben, { verdict: 'accept' }, 'review')
}
for await (const { scenarioId, model, result, outcome, reasons } of muster.runs.resultsWithPeople(
  run.runId,
)) {
  if (reasons.length > 0) console.log(scenarioId, model, 'said', result, 'and people', outcome)
}
await muster.close()

async function join(displayName: string): Promise<UserId> {
  const { userId } = await muster.people.add({ displayName })
  await muster.projects.addMember(projectId, userId)
  return userId
}

async function work(
  userId: UserId,
  result: { readonly [key: string]: string },
  stepType: 'annotation' | 'review' = 'annotation',
): Promise<boolean> {
  const claim = await muster.assignments.claimNext({ userId, stepType })
  if (claim.kind === 'nothing') return false
  const { assignmentId } = claim.assignment
  await muster.assignments.start({ assignmentId, userId })
  await muster.assignments.submit({ assignmentId, userId, result })
  return true
}
