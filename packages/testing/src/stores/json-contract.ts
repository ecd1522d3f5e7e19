import type { DefinitionId, JobId, Json, RunId } from '@muster/core'
import type { Answer } from '@muster/core/ports'
import { jsonIssues } from '@muster/core/support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JobWorld, present } from '../jobs/job-world.ts'
import { TaskWorld } from '../tasks/task-world.ts'
import { anAssignment, newId, withAssignment } from '../worlds/samples.ts'
import { anyCharacter } from './any-character.ts'
import type { OpenAdapter, OpenPersistence } from './open-adapter.ts'

/** What parsers, sorters and prototypes get wrong. */
const ODD_TEXTS = [
  '{"b":1,"a":2,"aa":3,"":4,"B":{"z":[],"y":{}}}',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":"text","hasOwnProperty":null}',
  '[[[]],[{}],[[1,[2]],[null]],"1e400","0x10","-0"]',
  '{"n":[9007199254740991,-9007199254740991,1e21,1e-7,5e-324,1.7976931348623157e308,0.1]}',
  '["\\u2028\\u2029\\u0085\\ufeff\\u007f","🦊","\\\\u0041","\\"\\\\/\\b\\f\\n\\r\\t"]',
  '"text"',
  'null',
]

const values = fc.oneof(
  fc
    .jsonValue({ stringUnit: anyCharacter, maxDepth: 4 })
    .filter((value) => jsonIssues(value).length === 0)
    .map((value) => JSON.stringify(value)),
  fc.constantFrom(...ODD_TEXTS),
)

/**
 * The JSON that a host gives comes back with the same bytes from wherever it is kept: keys in their order, numbers as they were. On whatever
 * `open` opens: empty each time.
 */
export function jsonContract(name: string, open: OpenAdapter): void {
  describe(`${name} keeps JSON`, () => {
    it.each([
      ['scenarios, payloads, results and configurations of jobs', throughJobs],
      ['payloads, results, drafts and gold of tasks, and states of strategies', throughTasks],
      ['facts and answers', throughFacts],
    ] as const)('gives %s back byte for byte', { timeout: 120_000 }, async (_, through) => {
      const adapter = await open()
      try {
        const given = [...ODD_TEXTS, ...fc.sample(values, 20)]
        const kept = await through(
          adapter,
          given.map((text) => JSON.parse(text) as Json),
        )
        const bytes = Object.entries(kept).map(([place, found]) => [
          place,
          found.map((value) => JSON.stringify(value)),
        ])
        const asGiven = given.map(shortest)
        expect(bytes).toEqual(Object.keys(kept).map((place) => [place, asGiven]))
      } finally {
        await adapter.close()
      }
    })
  })
}

type Kept = Readonly<Record<string, readonly unknown[]>>

/** Numbers as JavaScript writes them. */
function shortest(text: string): string {
  return JSON.stringify(JSON.parse(text))
}

async function throughJobs(adapter: OpenPersistence, given: readonly Json[]): Promise<Kept> {
  const world = new JobWorld(adapter)
  const { stores } = world
  const projectId = await world.project()
  const createdAt = world.clock.now()
  const jobs = given.map((payload) => ({
    jobId: world.ids.next() as JobId,
    projectId,
    taskId: null,
    type: 'analyze',
    payload,
    priority: 5,
    maxAttempts: 3,
    availableAt: createdAt,
    createdBy: null,
    createdAt,
  }))
  await world.persistence.transaction((inside) => inside.jobs.add(jobs))
  const scenarios = given.map((payload, index) => ({ scenarioId: `s${index + 1}`, payload }))
  const definitionId = world.ids.next() as DefinitionId
  const staged = await world.persistence.stores.definitions.stage(batchOf(scenarios))
  const definition = await world.persistence.transaction(({ definitions }) =>
    definitions.add({ definitionId, projectId, name: 'Odd', jobType: 'analyze', createdAt }, staged),
  )
  const none = { completed: 0, failed: 0, cancelled: 0 }
  const config = {
    models: ['z', 'a'],
    repeats: 1,
    samplePercentage: 100,
    sampleSeed: 0,
    experimentId: null,
    maxJobsPerSecond: null,
    definitionSnapshot: definition,
  }
  const runId = world.ids.next() as RunId
  await world.persistence.transaction(({ runs }) =>
    runs.add({
      run: {
        runId,
        projectId,
        definitionId,
        status: 'pending',
        priority: 'low',
        config,
        tallies: { total: 0, ...none, byModel: {} },
        escalation: null,
        link: null,
        ratePerSecond: 0,
        version: 1,
        startedBy: null,
        createdAt,
        startedAt: null,
        finishedAt: null,
      },
      places: given.map((_, index) => index + 1),
      jobType: 'analyze',
      maxAttempts: 3,
      idempotencyKey: null,
    }),
  )
  const workerId = await world.worker()
  const taken = await world.take(3 * given.length, workerId)
  const loose = taken.filter((job) => job.runId === null)
  const ofRun = taken.filter((job) => job.runId !== null && job.model === 'z')
  await world.settleEach(
    loose.map(({ jobId, start }, index) => ({
      jobId,
      start,
      kind: 'completed',
      result: given[index] ?? null,
    })),
    workerId,
  )
  const settled = await Promise.all(jobs.map(async ({ jobId }) => present(await stores.jobs.find(jobId))))
  const listed = await stores.definitions.listScenarios(definitionId, { limit: 1_000 })
  const run = present(await stores.runs.find(runId))
  expect(JSON.stringify(run.config)).toBe(JSON.stringify(config))
  return {
    'payloads of loose jobs': loose.map(({ payload }) => payload),
    'payloads of a run': ofRun.map(({ payload }) => payload),
    'payloads that are read': settled.map(({ payload }) => payload),
    scenarios: listed.map(({ payload }) => payload),
    results: settled.map(({ result }) => result),
  }
}

async function throughTasks(adapter: OpenPersistence, given: readonly Json[]): Promise<Kept> {
  const world = await TaskWorld.in(adapter)
  const { tasks } = world.stores
  const { projectId } = world.project
  const works = given.map((value) => {
    const work = world.work({ payload: value, gold: value })
    const rows = { status: 'rejected', result: value, draft: value } as const
    return withAssignment(work, anAssignment(work, world.workflow, newId(), rows))
  })
  await world.keep(...works)
  // Written twice: by what adds, and by what changes.
  await world.persistence.transaction(async (stores) => {
    const before = await stores.tasks.lockWorks(works.map(({ task }) => task.taskId))
    const after = before.map((work) => ({ ...work, task: { ...work.task, version: 2 } }))
    await stores.tasks.saveWorks(before.map((work, index) => ({ before: work, after: after[index] ?? work })))
  })
  const kept = await Promise.all(works.map(async ({ task }) => present(await tasks.findWork(task.taskId))))
  const states: Json[] = []
  for (const [index, state] of given.entries()) {
    states.push(
      await world.persistence.transaction(async (stores) => {
        await stores.decisions.lockStrategyState(projectId, 's', `${index}`)
        await stores.decisions.saveStrategyState(projectId, 's', `${index}`, state)
        return stores.decisions.lockStrategyState(projectId, 's', `${index}`)
      }),
    )
  }
  return {
    payloads: kept.map(({ task }) => task.payload),
    gold: kept.map(({ task }) => task.gold),
    results: kept.map(({ assignments }) => assignments[0]?.result),
    drafts: kept.map(({ assignments }) => assignments[0]?.draft),
    states,
  }
}

async function throughFacts(adapter: OpenPersistence, given: readonly Json[]): Promise<Kept> {
  const world = new JobWorld(adapter)
  const projectId = await world.project()
  await world.persistence.transaction(({ events }) =>
    events.append(
      given.map((value) => ({
        projectId,
        type: 'task_completed',
        audience: 'members',
        affectedUserIds: null,
        data: { value },
      })) as never,
    ),
  )
  const facts = await world.stores.events.read(projectId, 0, 1_000)
  const answers: Answer[] = []
  const { idempotency } = world.stores
  for (const [index, body] of given.entries()) {
    const call = { scope: 'json', key: `${index}`, fingerprint: 'f' }
    const now = world.clock.now()
    await idempotency.start(call, now, now)
    await idempotency.finish(call, { status: 200, body, headers: {} })
    const ticket = await idempotency.start(call, now, now)
    if (ticket.kind === 'done') answers.push(ticket.answer)
  }
  return {
    facts: facts.map(({ data }) => (data as unknown as { readonly value: Json }).value),
    answers: answers.map(({ body }) => body),
  }
}

async function* batchOf<T>(items: readonly T[]): AsyncIterable<readonly T[]> {
  yield items
}
