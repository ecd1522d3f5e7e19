import { pgModule } from '@muster/adapters-pg'
import type { ProjectId, UserId } from '@muster/core'
import type { NewOverlap } from '@muster/core/calls'
import type { NewForm } from '@muster/core/forms'
import { createMuster, type Muster } from '@muster/host'
import { openServer, query } from './databases.ts'
import { silent } from './peers/muster.ts'
import { alternate, keep, machine, printSeries, roundsWished } from './rounds.ts'

const LABELS = Number(process.env['LABELS'] ?? 1_000_000)
const ANSWERS_A_TASK = 3
const PEOPLE = 200
/** Tasks of one round of submissions. */
const TASKS = Number(process.env['TASKS'] ?? 150)
const MEBIBYTE = 2 ** 20

const FORM: NewForm = {
  name: 'rating',
  title: 'Rating',
  show: [{ name: 'text', as: 'text', at: '/text' }],
  questions: [
    {
      id: 'rating',
      type: 'choice',
      title: 'Rating',
      options: ['a', 'b', 'c', 'd'].map((value) => ({ value })),
    },
  ],
}

/** Q8: what a submission costs that decides overlap, and a refit of a million answers with reading them. */
export async function overlap(): Promise<void> {
  const server = await openServer()
  try {
    const submissions = await submissionCost(await server.database())
    const refit = await refitCost(await server.database())
    keep('overlap', { machine: machine(server.version), submissions, refit })
  } finally {
    await server.stop()
  }
}

async function open(connectionString: string): Promise<Muster> {
  return createMuster({ logger: silent, modules: [pgModule({ connectionString })] })
}

/** Second submissions of tasks, in turn: of a step for two people, and of one that decides whether a third is asked. */
async function submissionCost(connectionString: string) {
  const muster = await open(connectionString)
  const people = await Promise.all(
    Array.from({ length: 2 }, (_, nth) => muster.people.add({ displayName: `Person ${nth}` })),
  )
  const side = async (name: string, assignmentsRequired: number | NewOverlap, answers: readonly string[]) => {
    const step = { stepId: 'label', stepType: 'annotation', form: FORM, assignmentsRequired } as const
    const { workflowId } = await muster.workflows.add({ name, steps: [step] })
    const { projectId } = await muster.projects.add({
      name,
      workflowId,
      assignment: { maxConcurrentPerUser: 1_000_000 },
    })
    for (const { userId } of people) await muster.projects.addMember(projectId, userId)
    return { name, once: () => round(muster, projectId, people, answers) }
  }
  const until = [{ question: 'rating', posterior: 0.9 }]
  const series = await alternate(
    [
      await side('two people', 2, ['a', 'a']),
      await side('two, and it holds', { min: 2, max: 5, until }, ['a', 'a']),
      await side('two, and one more is asked', { min: 2, max: 5, until }, ['a', 'b']),
    ],
    roundsWished(),
  )
  await muster.close()
  printSeries(`The submission that fills a step, mean of ${TASKS}`, 'ms', series)
  return series
}

async function round(
  muster: Muster,
  projectId: ProjectId,
  people: readonly { readonly userId: UserId }[],
  answers: readonly string[],
): Promise<number> {
  await muster.tasks.add(
    projectId,
    Array.from({ length: TASKS }, (_, nth) => ({ payload: { text: `Text ${nth}` } })),
  )
  let spent = 0
  for (const [place, { userId }] of people.entries()) {
    const held = []
    for (let nth = 0; nth < TASKS; nth++) {
      const claim = await muster.assignments.claimNext({ userId, projectId })
      if (claim.kind === 'nothing') throw new Error('There is nothing to claim')
      const { assignmentId } = claim.assignment
      await muster.assignments.start({ assignmentId, userId })
      held.push(assignmentId)
    }
    const before = performance.now()
    for (const assignmentId of held)
      await muster.assignments.submit({ assignmentId, userId, result: { rating: answers[place] ?? 'a' } })
    if (place > 0) spent = performance.now() - before
  }
  return spent / TASKS
}

/** A million answers that are there, read and fitted. */
async function refitCost(connectionString: string) {
  const muster = await open(connectionString)
  const { workflowId } = await muster.workflows.add({
    name: 'label',
    steps: [{ stepId: 'label', stepType: 'annotation', form: FORM, assignmentsRequired: ANSWERS_A_TASK }],
  })
  const { projectId } = await muster.projects.add({ name: 'Benchmark', workflowId })
  const tasks = Math.ceil(LABELS / ANSWERS_A_TASK)
  await fill(connectionString, projectId, workflowId, tasks)
  const rssBefore = process.memoryUsage().rss
  let mostRss = rssBefore
  const watch = setInterval(() => (mostRss = Math.max(mostRss, process.memoryUsage().rss)), 20)
  const [at, cpu] = [performance.now(), process.cpuUsage()]
  const fit = await muster.quality.refit(projectId)
  const seconds = (performance.now() - at) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  clearInterval(watch)
  mostRss = Math.max(mostRss, process.memoryUsage().rss)
  await muster.close()
  const ownSeconds = (user + system) / 1e6
  console.log(
    `\nRefit of ${tasks * ANSWERS_A_TASK} answers by ${PEOPLE} people: ${seconds.toFixed(1)} s (bar 10), ` +
      `${ownSeconds.toFixed(1)} s of it this process; ${((mostRss - rssBefore) / MEBIBYTE).toFixed(0)} MiB more ` +
      `than before (bar 300), ${(mostRss / MEBIBYTE).toFixed(0)} MiB in all; ${fit.rounds} rounds`,
  )
  return { labels: tasks * ANSWERS_A_TASK, seconds, ownSeconds, rssBefore, mostRss, rounds: fit.rounds }
}

/** Tasks that have gone on from their step, each with answers, three of four of which are right. */
async function fill(url: string, projectId: ProjectId, workflowId: string, tasks: number): Promise<void> {
  const id = (kind: number, number: string): string =>
    `('0193f0c2-000${kind}-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`
  const task = id(1, 't')
  const row = id(2, `t * ${ANSWERS_A_TASK} + s`)
  await query(
    url,
    `insert into task (task_id, project_id, workflow_id, status, priority, payload, required_skills, version, step_opened_at, returns,
       created_at, completed_at)
     select ${task}, $1, $2, 'completed', 0, '{"text":"Text"}', '[]', 3, at, 0, at, at
     from (select t, timestamptz '2026-01-01' + t * interval '1 second' as at from generate_series(1, $3::int) as t) as given`,
    [projectId, workflowId, tasks],
  )
  const slots = `generate_series(1, ${tasks}) as t, generate_series(1, ${ANSWERS_A_TASK}) as s`
  await query(
    url,
    `insert into slot (task_id, step_id, slot_no, state, assignment_id) select ${task}, 'label', s, 'done', ${row} from ${slots}`,
  )
  await query(
    url,
    `insert into assignment (assignment_id, task_id, project_id, step_id, step_type, user_id, slot_no, status, attempt, version,
       assigned_at, submitted_at, result)
     select ${row}, ${task}, $1, 'label', 'annotation',
       ${id(3, `1 + (t::bigint * 7919 + s * 104729) % ${PEOPLE}`)}, s, 'submitted', 1, 3, now(), now(),
       json_build_object('rating', chr(97 + (t + case when (t * 31 + s * 17) % 4 = 0 then 1 else 0 end) % 4))
     from ${slots} on conflict do nothing`,
    [projectId],
  )
  await query(url, 'vacuum analyze')
}
