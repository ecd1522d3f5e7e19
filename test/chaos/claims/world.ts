import { openPg, pgModule } from '@muster/adapters-pg'
import type { AssignmentConfig, Project, User, Workflow } from '@muster/core'
import type { NewStep } from '@muster/core/calls'
import type { Muster } from '@muster/host'
import { CLOCK, coreModule, createMuster, IDS, PERSISTENCE } from '@muster/host'
import { Container, ContainerModule } from 'inversify'
import type { Pool } from 'pg'
import { BREAKS, type Broken } from './broken.ts'

/** Live assignments that a person may hold: so few that every claim meets it. */
export const LIMIT = 3

const SKILL = 'review'

/** Two steps that three people do and nobody may do both of, a review that none of these may do, and a way out of endless returns. */
const STEPS: readonly NewStep[] = [
  { stepId: 'label', stepType: 'annotation', assignmentsRequired: 3 },
  { stepId: 'compare', stepType: 'annotation', assignmentsRequired: 3 },
  { stepId: 'review', stepType: 'review', requiredSkills: [{ anyOf: [SKILL] }] },
  { stepId: 'settle', stepType: 'adjudication', when: 'rejectedByReview' },
]

/** Minutes that pass in seconds, so that leases, rests and holds end all the time. */
const CONFIG: Partial<AssignmentConfig> = {
  maxConcurrentPerUser: LIMIT,
  leaseMinutes: 0.1,
  cooldownMinutes: 0.01,
  holdMinutes: 0.05,
  maxReturns: 1,
  crossStepExclusionPairs: [['label', 'compare']],
}

/** What everybody in the round acts on. */
export interface World {
  readonly workflow: Workflow
  readonly projects: readonly Project[]
  readonly people: readonly User[]
}

/** Muster on the database at `url`; with `broken`, on a persistence that breaks a rule on purpose. */
export async function openMuster(url: string, connections: number, broken?: Broken): Promise<Muster> {
  if (!broken) {
    return createMuster({
      modules: [coreModule(), pgModule({ connectionString: url, poolSize: connections })],
    })
  }
  const container = new Container({ defaultScope: 'Singleton' })
  const persistence = new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toResolvedValue(
      async (clock, ids) =>
        // What is broken may need a second connection beside the one it has.
        BREAKS[broken](await openPg({ connectionString: url, poolSize: 2 * connections }, { clock, ids })),
      [CLOCK, IDS],
    )
  })
  return createMuster({ container, modules: [coreModule(), persistence] })
}

/** Four projects of one workflow, and people who are members of all; every third may review, some have a limit of their own. */
export async function makeWorld(muster: Muster, people: number): Promise<World> {
  const workflow = await muster.workflows.add({ name: 'Twice by three', steps: STEPS })
  const projects: Project[] = []
  for (const name of ['North', 'East', 'South', 'West']) {
    projects.push(await muster.projects.add({ name, workflowId: workflow.workflowId, assignment: CONFIG }))
  }
  const users: User[] = []
  for (let nth = 0; nth < people; nth++) {
    const user = await muster.people.add({
      displayName: `Person ${nth + 1}`,
      skills: nth % 3 === 0 ? { [SKILL]: 2 } : {},
      maxConcurrentAssignments: nth % 5 === 0 ? LIMIT - 1 : null,
    })
    for (const { projectId } of projects) await muster.projects.addMember(projectId, user.userId)
    users.push(user)
  }
  return { workflow, projects, people: users }
}

/** Keeps at least `open` free slots of the first step on offer: of later ones ever more are left that hardly anybody may take. */
export async function supply(muster: Muster, { projects }: World, pool: Pool, open: number): Promise<void> {
  const { rows } = await pool.query<{ free: number }>(
    `select count(*)::int as free from slot where state = 'free' and shelf_id is not null and step_id = $1`,
    [STEPS[0]?.stepId],
  )
  if ((rows[0]?.free ?? 0) >= open) return
  for (const { projectId } of projects) {
    const tasks = Array.from({ length: Math.ceil(open / 6) }, (_, nth) => ({
      payload: { nth },
      priority: nth % 3,
    }))
    await muster.tasks.add(projectId, tasks)
  }
}
