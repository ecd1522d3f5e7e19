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

// The machines: every text × every model is a job.
const texts = ['Guten Morgen', 'Good morning', 'Wir gehen heim', 'He went to Berlin']
const scenarios = texts.map((text) => ({ scenarioId: text, payload: { text } }))
const run = await muster.runs.start(projectId, { jobType: guess, scenarios, models: ['nouns', 'endings'] })
await muster.work()
await run.finished()

const answers = new Map<string, string[]>()
for await (const { scenarioId, result } of run.results())
  answers.set(scenarioId, [...(answers.get(scenarioId) ?? []), result])

// The people: what the machines could not settle.
const split = texts.filter((text) => new Set(answers.get(text)).size > 1)
console.log(`${texts.length - split.length} settled by machines, ${split.length} for people`)
await muster.tasks.add(
  projectId,
  split.map((text) => ({ payload: { text }, externalId: text })),
)
for (const _ of split) {
  await work(ann, { label: 'de' })
  const again = await muster.assignments.claimNext({ userId: ann, stepType: 'review' })
  if (again.kind === 'nothing') console.log('Ann may not review her own work:', again.reasons)
  await work(ben, { verdict: 'accept' }, 'review')
}
for await (const { externalId, outcome } of muster.tasks.results(projectId)) console.log(externalId, outcome)
await muster.close()

async function join(displayName: string): Promise<UserId> {
  const { userId } = await muster.people.add({ displayName })
  await muster.projects.addMember(projectId, userId)
  return userId
}

async function work(
  userId: UserId,
  result: { readonly [key: string]: string },
  stepType?: 'review',
): Promise<void> {
  const claim = await muster.assignments.claimNext({ userId, stepType })
  if (claim.kind === 'nothing') return
  const { assignmentId } = claim.assignment
  await muster.assignments.start({ assignmentId, userId })
  await muster.assignments.submit({ assignmentId, userId, result })
}
