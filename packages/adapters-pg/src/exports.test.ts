import { jobType, type ProjectId } from '@muster/core'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { pgModule } from './pg-module.ts'
import { emptyPGlite } from './pglite/pglite-template.test.support.ts'

const pglite = await emptyPGlite()
const LARGE = 'x'.repeat(1024 * 1024)
const anything = {
  '~standard': { version: 1, vendor: 'muster', validate: (value: unknown) => ({ value }) },
} as const
const jobTypes = [jobType({ name: 'large', payload: anything, handler: async () => LARGE })]
let muster: Muster
let projectId: ProjectId

beforeAll(async () => {
  muster = await createMuster({ modules: [coreModule({ jobTypes }), pgModule({ pglite })] })
  // So that what is large to read is large in store.
  await pglite.exec(`
    alter table job alter result set storage external;
    alter table task alter payload set storage external;
    alter table assignment alter result set storage external`)
  projectId = (await muster.projects.add({ name: 'Large' })).projectId
})
afterAll(async () => {
  await muster.close()
  await pglite.close()
})

it('reads no more large results of a run at once than it should hold', async () => {
  const definition = {
    name: 'd',
    jobType: 'large',
    scenarios: Array.from({ length: 6 }, () => ({ payload: {} })),
  }
  const { definitionId } = await muster.definitions.add(projectId, definition)
  const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
  await muster.work()
  await vi.waitFor(async () => expect((await muster.runs.get(runId)).status).toBe('completed'))

  const slices = vi.spyOn(muster.persistence.stores.runs, 'listResults')
  const scenarios: string[] = []
  for await (const { scenarioId, result } of muster.runs.results(runId)) {
    expect(result).toHaveLength(1024 * 1024)
    scenarios.push(scenarioId)
  }
  expect(scenarios).toEqual(Array.from({ length: 6 }, (_, index) => `${index + 1}`))
  expect(slices.mock.settledResults.map(({ value }) => value.length)).toEqual([4, 2, 0])
})

it('reads no more large work of a project at once than it should hold', async () => {
  const { workflowId } = await muster.workflows.add({
    name: 'w',
    steps: [{ stepId: 'label', stepType: 'annotation' }],
  })
  const { projectId: peopled } = await muster.projects.add({ name: 'Large work', workflowId })
  const { userId } = await muster.people.add({ displayName: 'Ann' })
  await muster.projects.addMember(peopled, userId)
  const by = { userId, role: 'annotator', memberships: new Set([peopled]) } as const
  for (let nth = 1; nth <= 3; nth++) {
    await muster.tasks.add(peopled, [{ payload: { text: LARGE }, externalId: `${nth}` }])
    const claimed = await muster.assignments.claimNext({ userId })
    if (claimed.kind !== 'claimed') throw new Error(`nothing for Ann: ${claimed.kind}`)
    const { assignmentId } = claimed.assignment
    await muster.assignments.start({ assignmentId, by })
    await muster.assignments.submit({ assignmentId, by, result: { text: LARGE } })
  }

  const slices = vi.spyOn(muster.persistence.stores.tasks, 'listCompletedWork')
  const tasks: (string | null)[] = []
  for await (const { externalId } of muster.tasks.results(peopled)) tasks.push(externalId)
  expect(tasks).toEqual(Array.from({ length: 3 }, (_, index) => `${index + 1}`))
  expect(slices.mock.settledResults.map(({ value }) => value.length)).toEqual([2, 1, 0])
})
