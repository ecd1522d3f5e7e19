import { wrongPause } from '@muster/statistics'
import { ConflictError, NotFoundError, ValidationError, VersionConflictError } from '../errors.ts'
import type { ProjectId, WorkflowId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { Issue } from '../json/json.ts'
import { newestKey, page } from '../paging.ts'
import { completePolicy, DEFAULT_ASSIGNMENT_CONFIG } from './config.ts'
import type { NewProject, ProjectChange, ProjectUseCases, WrongPause } from './people.ts'
import { newProject, projectChange, upsertedProject } from './people-input.ts'
import {
  checkVersion,
  differs,
  externalIdRefusal,
  onlyOne,
  type PeopleDeps,
  type PeopleStores,
  withoutUndefined,
} from './people-use-cases.ts'
import type { AssignmentConfig, Member, Project, QualityPolicy } from './person.ts'

/** The stores that projects need beside people: to know a workflow and its steps. */
export interface ProjectStores extends PeopleStores {
  readonly workflows: { find(workflowId: WorkflowId): Promise<StepNames | undefined> }
}

interface StepNames {
  readonly steps: readonly { readonly stepId: string; readonly stepType: string }[]
}

/** Dependencies of the use cases of projects. */
export interface ProjectDeps<Stores extends ProjectStores> extends PeopleDeps<Stores> {
  /** The registered strategies. */
  readonly strategies: { has(name: string): boolean }
}

/** The use cases of projects and their members. */
export function projectUseCases<Stores extends ProjectStores>(deps: ProjectDeps<Stores>): ProjectUseCases {
  const { people, projects } = deps.transactions.stores

  const get = async (projectId: ProjectId): Promise<Project> =>
    found(await projects.find(projectId), projectId)

  return {
    ...projectChanges(deps),
    ...memberChanges(deps),

    get,

    list: (viewer, request, { externalId } = {}) => {
      const within = viewer.role === 'admin' ? undefined : [...viewer.memberships]
      return page(
        request,
        ['projects', viewer.userId, externalId ?? null],
        newestKey<Project>(({ projectId }) => projectId),
        async (slice) => {
          if (externalId === undefined) return projects.list(slice, within)
          const named = onlyOne(await projects.findByExternalId(externalId), slice)
          return named.filter(({ projectId }) => within?.includes(projectId) ?? true)
        },
      )
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
  }
}

/** Adding and changing projects. */
function projectChanges<Stores extends ProjectStores>({
  transactions,
  clock,
  ids,
  strategies,
}: ProjectDeps<Stores>): Pick<ProjectUseCases, 'add' | 'upsert' | 'change'> {
  const { projects, workflows } = transactions.stores
  const known = { workflows, strategies }

  /** Saves a change. Without a version, it goes on top of what others have changed meanwhile. */
  const save = async (
    before: Project,
    changed: Partial<Project>,
    ifVersion: number | undefined,
  ): Promise<Project> => {
    checkVersion('Project', before.version, ifVersion)
    if (Object.keys(changed).length === 0) return before
    const after = { ...before, ...changed }
    if (['workflowId', 'assignment', 'quality'].some((field) => field in changed))
      await checkNames(known, after)
    try {
      return await projects.save(after)
    } catch (error) {
      if (!(error instanceof VersionConflictError) || ifVersion !== undefined) throw error
      const now = found(await projects.find(before.projectId), before.projectId)
      return save(now, changed, undefined)
    }
  }

  const keep = async ({
    name,
    externalId,
    workflowId,
    assignment,
    quality,
  }: NewProject): Promise<Project> => {
    const project: Project = {
      projectId: ids.next() as ProjectId,
      externalId: externalId ?? null,
      name,
      workflowId: (workflowId ?? null) as WorkflowId | null,
      assignment: { ...DEFAULT_ASSIGNMENT_CONFIG, ...assignment },
      quality: quality === undefined ? null : completePolicy(quality),
      paused: false,
      version: 1,
      createdAt: clock.now(),
    }
    await checkNames(known, project)
    await transactions.transaction((stores) => stores.projects.add(project))
    return project
  }

  /** The meaning of a store's refusal of `externalId`, if another project than `projectId` has it. */
  const refusal = (
    error: unknown,
    externalId: string | null | undefined,
    projectId?: ProjectId,
  ): Promise<unknown> =>
    externalIdRefusal('project', error, externalId, async (named) => {
      const holder = await projects.findByExternalId(named)
      return holder !== undefined && holder.projectId !== projectId
    })

  return {
    async add(input) {
      const given = parse(newProject, input)
      try {
        return await keep(given)
      } catch (error) {
        throw await refusal(error, given.externalId)
      }
    },

    async upsert(input) {
      const given = parse(upsertedProject, input)
      const { externalId } = given
      const changed = changedFields(given)
      for (;;) {
        const known = await projects.findByExternalId(externalId)
        try {
          if (known === undefined) return { projectId: (await keep(given)).projectId, created: true }
          if (differs(known, changed)) await save(known, changed, known.version)
          return { projectId: known.projectId, created: false }
        } catch (error) {
          // Somebody made or changed the project between the look and the write: look again.
          if (error instanceof VersionConflictError) continue
          if (error instanceof ConflictError && (await projects.findByExternalId(externalId))) continue
          throw error
        }
      }
    },

    async change(projectId, change, ifVersion) {
      const given = parse(projectChange, change)
      try {
        const before = found(await projects.find(projectId), projectId)
        const changed = await save(before, changedFields(given), ifVersion)
        return { ...changed, wrongPauses: wrongPausesOf(changed.quality) }
      } catch (error) {
        throw await refusal(error, given.externalId, projectId)
      }
    },
  }
}

/** Making people members, and no longer. */
function memberChanges<Stores extends ProjectStores>({
  transactions,
  endHolds,
  settleSubmissions,
}: ProjectDeps<Stores>): Pick<ProjectUseCases, 'addMember' | 'removeMember'> {
  return {
    async addMember(projectId, userId) {
      await transactions.transaction(async (stores) => {
        await stores.people.lock([userId])
        found(await stores.projects.find(projectId), projectId)
        if (!(await stores.people.find(userId))) throw new NotFoundError('user', userId)
        await stores.people.addMember(projectId, userId)
      })
    },

    async removeMember(projectId, userId) {
      await settleSubmissions(userId)
      await transactions.transaction(async (stores) => {
        await stores.people.lock([userId])
        found(await stores.projects.find(projectId), projectId)
        if (!(await stores.people.removeMember(projectId, userId))) throw new NotFoundError('member', userId)
        await endHolds(stores, userId, projectId, 'removed')
      })
    },
  }
}

/** The fields that a change gives; what its `assignment` leaves out takes its default. */
function changedFields({ assignment, quality, ...change }: ProjectChange): Partial<Project> {
  const policy = quality && { quality: completePolicy(quality) }
  const config = assignment && { assignment: { ...DEFAULT_ASSIGNMENT_CONFIG, ...assignment } }
  return { ...withoutUndefined(change), ...config, ...policy } as Partial<Project>
}

/** @throws ValidationError naming each name that names nothing */
async function checkNames(
  {
    workflows,
    strategies,
  }: Pick<ProjectStores, 'workflows'> & Pick<ProjectDeps<ProjectStores>, 'strategies'>,
  { workflowId, assignment, quality }: Pick<Project, 'workflowId' | 'assignment' | 'quality'>,
): Promise<void> {
  const workflow = workflowId === null ? undefined : await workflows.find(workflowId)
  const issues: Issue[] = []
  if (workflowId !== null && workflow === undefined) {
    issues.push({ path: 'workflowId', message: 'names no workflow' })
  } else issues.push(...unknownSteps(assignment, workflow), ...policyIssues(quality, workflow))
  if (!strategies.has(assignment.defaultStrategy)) {
    issues.push({ path: 'assignment.defaultStrategy', message: 'names no registered strategy' })
  }
  if (issues.length > 0) throw new ValidationError(issues)
}

/** The names in pairs of steps that are no steps of the project's workflow. */
function unknownSteps(
  { crossStepExclusionPairs }: AssignmentConfig,
  workflow: StepNames | undefined,
): Issue[] {
  const known = new Set(workflow?.steps.map(({ stepId }) => stepId))
  const message = workflow
    ? 'names no step of the workflow of the project'
    : 'names no step: the project has no workflow'
  return crossStepExclusionPairs.flatMap((pair, index) =>
    [...pair.entries()]
      .filter(([, stepId]) => !known.has(stepId))
      .map(([place, stepId]) => ({
        path: `assignment.crossStepExclusionPairs[${index}][${place}]`,
        message: `${message}: ${stepId}`,
      })),
  )
}

/** The parts of a policy that cannot be. */
function policyIssues(policy: QualityPolicy | null, workflow: StepNames | undefined): Issue[] {
  const issues: Issue[] = []
  const { controls, pause } = policy ?? {}
  if (pause !== undefined && pause.bad >= pause.good)
    issues.push({ path: 'quality.pause.bad', message: `must be below good, which is ${pause.good}` })
  const step = workflow?.steps.find(({ stepId }) => stepId === controls?.stepId)
  if (controls !== undefined && step?.stepType !== 'annotation')
    issues.push({
      path: 'quality.controls.stepId',
      message: `names no annotation step of the workflow of the project: ${controls.stepId}`,
    })
  return issues
}

/** Answers within which wrong pauses are told. */
const WITHIN = 50
/** Somebody as good as they should be, and somebody a little better. */
const BETTER_BY = [0, 0.03]
/** Digits of an accuracy that a sum of two leaves right. */
const DIGITS = 12

function wrongPausesOf(policy: QualityPolicy | null): WrongPause[] {
  const pause = policy?.pause
  if (pause === undefined) return []
  return BETTER_BY.map((by) => {
    const accuracy = Math.min(1, Number((pause.good + by).toFixed(DIGITS)))
    return { accuracy, within: WITHIN, chance: wrongPause(accuracy, WITHIN, pause) }
  })
}

function found(project: Project | undefined, projectId: ProjectId): Project {
  if (project === undefined) throw new NotFoundError('project', projectId)
  return project
}
