import type { Principal, Project, User } from '@muster/core'
import type { NewUser } from '@muster/core/calls'
import type { Muster } from '@muster/host'
import { cast, type ScriptedPerson, storyAssignment, storyWorkflow } from '@muster-examples/language-id'
import { DEVELOPMENT_ADMIN } from '../development-tokens.ts'
import { every, first, once } from './once.ts'

const PROJECT_NAME = 'Language identification'
const MANAGER_NAME = 'Mara'

/** Somebody of the cast, and who they are here. */
export interface Actor extends ScriptedPerson {
  readonly user: User
  readonly principal: Principal
}

/** Where the story takes place, and who is in it. */
export interface Stage {
  readonly project: Project
  readonly manager: User
  readonly actors: readonly Actor[]
}

/** Sees every project. */
const admin: Principal = { userId: DEVELOPMENT_ADMIN, role: 'admin', memberships: new Set() }

/** The story's project with its workflow and its people; made where it is missing. */
export async function setStage(muster: Muster): Promise<Stage> {
  const project = await once(
    muster,
    'project',
    () =>
      first(
        every((request) => muster.projects.list(admin, request)),
        ({ name }) => name === PROJECT_NAME,
      ),
    async () => {
      const { workflowId } = await muster.workflows.add(storyWorkflow)
      return muster.projects.add({ name: PROJECT_NAME, workflowId, assignment: storyAssignment })
    },
  )
  const users = await Array.fromAsync(every((request) => muster.people.list(request)))
  const here = async (person: NewUser): Promise<User> => {
    const isThem = ({ displayName, scripted }: User): boolean =>
      displayName === person.displayName && scripted === (person.scripted ?? false)
    const user = users.find(isThem) ?? (await memberOf(muster, isThem, person))
    await muster.projects.addMember(project.projectId, user.userId)
    return user
  }
  const manager = await here({ displayName: MANAGER_NAME, role: 'manager' })
  const actors: Actor[] = []
  for (const person of cast) {
    const { displayName, scripted, status, skills } = person
    const user = await here({ displayName, scripted, status, skills })
    actors.push({ ...person, user, principal: await muster.people.principalOf(user.userId, user.role) })
  }
  return { project, manager, actors }
}

function memberOf(muster: Muster, isThem: (user: User) => boolean, person: NewUser): Promise<User> {
  return once(
    muster,
    `person ${person.displayName}`,
    () =>
      first(
        every((request) => muster.people.list(request)),
        isThem,
      ),
    () => muster.people.add(person),
  )
}
