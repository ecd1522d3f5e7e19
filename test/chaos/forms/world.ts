import { openPg, pgModule } from '@muster/adapters-pg'
import type { ProjectId, TaskId, UserId, WorkflowId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import type { Persistence } from '@muster/core/ports'
import { CLOCK, coreModule, createMuster, IDS, type Muster, PERSISTENCE } from '@muster/host'
import { Container, ContainerModule } from 'inversify'
import { overriding } from '../overriding.ts'

/** A project whose form changes, and its people. */
export interface World {
  readonly projectId: ProjectId
  readonly people: readonly UserId[]
}

/** Muster on the database at `url`; with `unlocked`, changes of a task do not wait for each other. */
export async function openMuster(url: string, connections: number, unlocked = false): Promise<Muster> {
  if (!unlocked)
    return createMuster({
      modules: [coreModule(), pgModule({ connectionString: url, poolSize: connections })],
    })
  const container = new Container({ defaultScope: 'Singleton' })
  const persistence = new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toResolvedValue(
      async (clock, ids) =>
        withoutLocks(await openPg({ connectionString: url, poolSize: connections }, { clock, ids })),
      [CLOCK, IDS],
    )
  })
  return createMuster({ container, modules: [coreModule(), persistence] })
}

function withoutLocks(persistence: Persistence): Persistence {
  return overriding(persistence, {
    transaction: (work) =>
      persistence.transaction((stores) =>
        work({
          ...stores,
          tasks: overriding(stores.tasks, { lockWork: (taskId) => stores.tasks.findWork(taskId) }),
        }),
      ),
  })
}

/** A version of the form, whose results no other version takes. */
function formOf(version: number): NewForm {
  const options = (...values: readonly string[]) => values.map((value) => ({ value }))
  return {
    name: 'changing',
    title: `Version ${version}`,
    show: [{ name: 'text', as: 'text', at: '/text' }],
    questions: [
      { id: 'version', type: 'choice', title: 'Version', options: options(`v${version}`, `w${version}`) },
      { id: 'label', type: 'choice', title: 'Label', options: options('a', 'b') },
      { id: 'words', type: 'text', title: 'Words', required: false },
    ],
  }
}

export async function makeWorld(muster: Muster, people: number): Promise<World> {
  const { projectId } = await muster.projects.add({
    name: 'Changing',
    assignment: { leaseMinutes: 0.05, cooldownMinutes: 0.005, maxConcurrentPerUser: 4 },
  })
  const ids: UserId[] = []
  for (let nth = 0; nth < people; nth++) {
    const { userId } = await muster.people.add({ displayName: `Person ${nth + 1}` })
    await muster.projects.addMember(projectId, userId)
    ids.push(userId)
  }
  return { projectId, people: ids }
}

/** Points the project at the next version of its form, and adds tasks to be done by it. */
export async function changeForm(
  muster: Muster,
  { projectId }: World,
  version: number,
  tasks: number,
): Promise<{ readonly workflowId: WorkflowId; readonly taskIds: readonly TaskId[] }> {
  const { workflowId } = await muster.workflows.add({
    name: 'Twice',
    steps: [
      { stepId: 'label', stepType: 'annotation', assignmentsRequired: 2, form: formOf(version) },
      { stepId: 'settle', stepType: 'adjudication', when: 'disagreement' },
    ],
  })
  await muster.projects.change(projectId, { workflowId })
  const added = await muster.tasks.add(
    projectId,
    Array.from({ length: tasks }, (_, nth) => ({ payload: { text: `${version}.${nth}` } })),
  )
  return { workflowId, taskIds: added.map(({ taskId }) => taskId) }
}
