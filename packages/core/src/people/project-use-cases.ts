import { NotFound, ValidationError, VersionConflict } from '../errors.ts'
import type { ProjectId, WorkflowId } from '../ids.ts'
import { newestKey, page } from '../paging.ts'
import { parse } from '../parse.ts'
import type { ProjectUseCases } from './api.ts'
import { DEFAULT_ASSIGNMENT_CONFIG } from './config.ts'
import { newProject, projectChange } from './input.ts'
import type { AssignmentConfig, Member, Project } from './person.ts'
import { checkVersion, type PeopleDeps, type PeopleStores, withoutUndefined } from './use-cases.ts'

/** What projects need beside people: to know that a workflow exists. */
export interface ProjectStores extends PeopleStores {
  readonly workflows: { find(workflowId: WorkflowId): Promise<object | undefined> }
}

/** What the use cases of projects are made from. */
export interface ProjectDeps<Stores extends ProjectStores> extends PeopleDeps<Stores> {
  /** The registered strategies. */
  readonly strategies: { has(name: string): boolean }
}

/** The use cases of projects and their members. */
export function projectUseCases<Stores extends ProjectStores>({
  transactions,
  clock,
  ids,
  endHolds,
  strategies,
}: ProjectDeps<Stores>): ProjectUseCases {
  const { people, projects, workflows } = transactions.stores

  const get = async (projectId: ProjectId): Promise<Project> =>
    found(await projects.find(projectId), projectId)

  /** @throws ValidationError naming what does not exist */
  const checkNames = async (
    workflowId: string | null | undefined,
    config: Partial<AssignmentConfig> | undefined,
  ): Promise<void> => {
    if (workflowId != null && !(await workflows.find(workflowId as WorkflowId))) {
      throw new ValidationError([{ path: 'workflowId', message: 'names no workflow' }])
    }
    const strategy = config?.defaultStrategy
    if (strategy !== undefined && !strategies.has(strategy)) {
      throw new ValidationError([
        { path: 'assignment.defaultStrategy', message: 'names no registered strategy' },
      ])
    }
  }

  /** Saves a change. Who names no version wants theirs on top of whatever others have changed meanwhile. */
  const save = async (
    before: Project,
    changed: Partial<Project>,
    ifVersion: number | undefined,
  ): Promise<Project> => {
    checkVersion('Project', before.version, ifVersion)
    if (Object.keys(changed).length === 0) return before
    try {
      return await projects.save({ ...before, ...changed })
    } catch (error) {
      if (!(error instanceof VersionConflict) || ifVersion !== undefined) throw error
      return save(await get(before.projectId), changed, undefined)
    }
  }

  return {
    async add(input) {
      const { name, workflowId, assignment } = parse(newProject, input)
      await checkNames(workflowId, assignment)
      const project: Project = {
        projectId: ids.next() as ProjectId,
        name,
        workflowId: (workflowId ?? null) as WorkflowId | null,
        assignment: { ...DEFAULT_ASSIGNMENT_CONFIG, ...assignment },
        paused: false,
        version: 1,
        createdAt: clock.now(),
      }
      await projects.add(project)
      return project
    },

    get,

    list: (viewer, request) => {
      const within = viewer.role === 'admin' ? undefined : [...viewer.memberships]
      return page(
        request,
        ['projects', viewer.userId],
        newestKey<Project>(({ projectId }) => projectId),
        (slice) => projects.list(slice, within),
      )
    },

    async change(projectId, change, ifVersion) {
      const { assignment, ...given } = withoutUndefined(parse(projectChange, change))
      const before = await get(projectId)
      await checkNames(given.workflowId, assignment)
      const config = assignment && { assignment: { ...DEFAULT_ASSIGNMENT_CONFIG, ...assignment } }
      const changed = { ...given, ...config } as Partial<Project>
      return save(before, changed, ifVersion)
    },

    async members(projectId, request) {
      await get(projectId)
      return page(
        request,
        ['members', projectId],
        ({ userId }: Member) => ({ userId }),
        (slice) => people.listMembers(projectId, slice),
      )
    },

    async addMember(projectId, userId) {
      await transactions.transaction(async (stores) => {
        await stores.people.lock([userId])
        found(await stores.projects.find(projectId), projectId)
        if (!(await stores.people.find(userId))) throw new NotFound('user', userId)
        await stores.people.addMember(projectId, userId)
      })
    },

    async removeMember(projectId, userId) {
      await transactions.transaction(async (stores) => {
        await stores.people.lock([userId])
        found(await stores.projects.find(projectId), projectId)
        if (!(await stores.people.removeMember(projectId, userId))) throw new NotFound('member', userId)
        await endHolds(stores, userId, projectId, 'removed')
      })
    },
  }
}

function found(project: Project | undefined, projectId: ProjectId): Project {
  if (project === undefined) throw new NotFound('project', projectId)
  return project
}
