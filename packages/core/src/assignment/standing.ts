import type { ProjectId, TaskId, WorkflowId } from '../ids.ts'
import type { Project } from '../people/person.ts'
import { standingRequirements } from '../workflow/requirements.ts'
import type { StepType, Workflow } from '../workflow/workflow.ts'
import type { Person } from './assignment.ts'
import type { AssignmentStores } from './assignment-deps.ts'
import type { MainReason, StepState } from './assignments.ts'
import { excludedSteps, later, termsOf } from './claim/terms.ts'
import { onboardingAt, reasonsAgainst } from './eligibility.ts'
import { countReasons, mainReason } from './push/nearest.ts'
import type { StandingTask } from './stores/overview-store.ts'

/** The state of an open step, and the reason that holds for most people; null: somebody may take it. */
export interface JudgedStep {
  readonly state: StepState
  readonly reason: MainReason | null
}

/** Judges open steps by the rules of the engine, alike ones once: by their history, slots and requirements. */
export class StandingJudge {
  readonly #stores: AssignmentStores
  readonly #now: Date
  readonly #projects = new Map<ProjectId, Project | undefined>()
  readonly #workflows = new Map<WorkflowId, Workflow | undefined>()
  readonly #people = new Map<string, readonly Person[]>()
  readonly #gates = new Map<ProjectId, boolean>()
  readonly #known = new Map<string, JudgedStep>()

  constructor(stores: AssignmentStores, now: Date) {
    this.#stores = stores
    this.#now = now
  }

  /** Those whose project and workflow are there. */
  async judge(tasks: readonly StandingTask[]): Promise<ReadonlyMap<TaskId, JudgedStep>> {
    const judged = new Map<TaskId, JudgedStep>()
    for (const task of tasks) {
      const { projectId, workflowId, stepId, stepType, openedAt } = task
      const requirements = standingRequirements(task.requirements, this.#now.getTime() - openedAt.getTime())
      const slots = task.slots.map(({ state }) => state).sort()
      const rows = task.rows.map((row) => `${row.userId} ${row.stepId} ${row.status}`).sort()
      const alike = JSON.stringify([projectId, workflowId, stepId, requirements, slots, rows])
      const step =
        this.#known.get(alike) ?? (await this.#judgeOne(task, await this.#peopleOf(projectId, stepType)))
      if (step === undefined) continue
      this.#known.set(alike, step)
      judged.set(task.taskId, step)
    }
    return judged
  }

  async #judgeOne(task: StandingTask, people: readonly Person[]): Promise<JudgedStep | undefined> {
    const { projectId, workflowId, stepId, slots, rows, requirements, openedAt } = task
    const [project, workflow] = [await this.#projectOf(projectId), await this.#workflowOf(workflowId)]
    const step = workflow?.steps.find((one) => one.stepId === stepId)
    if (project === undefined || workflow === undefined || step === undefined) return undefined
    const { assignment: config, quality } = project
    const open = {
      stepId,
      requirements,
      openForMs: this.#now.getTime() - openedAt.getTime(),
      reservedUntil: slots.some(({ state }) => state === 'reserved')
        ? later(openedAt, termsOf(step, config).holdMs)
        : null,
      excludedSteps: excludedSteps(workflow, config, stepId),
      config,
      onboarding: onboardingAt(quality, stepId),
      gateOpen: await this.#gateOf(projectId),
      slots,
      assignments: rows,
    }
    const reasons = people.map((person) => reasonsAgainst(person, open))
    const isTakeable = reasons.some(({ length }) => length === 0)
    return {
      state: stateOf(slots, isTakeable),
      reason: isTakeable ? null : mainReason(countReasons(reasons)),
    }
  }

  async #projectOf(projectId: ProjectId): Promise<Project | undefined> {
    if (!this.#projects.has(projectId))
      this.#projects.set(projectId, await this.#stores.projects.find(projectId))
    return this.#projects.get(projectId)
  }

  async #workflowOf(workflowId: WorkflowId): Promise<Workflow | undefined> {
    if (!this.#workflows.has(workflowId))
      this.#workflows.set(workflowId, await this.#stores.workflows.find(workflowId))
    return this.#workflows.get(workflowId)
  }

  async #gateOf(projectId: ProjectId): Promise<boolean> {
    const known =
      this.#gates.get(projectId) ?? (await this.#stores.projects.holdGates([projectId])).has(projectId)
    this.#gates.set(projectId, known)
    return known
  }

  async #peopleOf(projectId: ProjectId, stepType: StepType): Promise<readonly Person[]> {
    const key = `${projectId} ${stepType}`
    const people = this.#people.get(key) ?? (await this.#stores.decisions.listPeople(projectId, stepType))
    this.#people.set(key, people)
    return people
  }
}

function stateOf(slots: StandingTask['slots'], isTakeable: boolean): StepState {
  if (slots.some(({ state }) => state === 'free')) return isTakeable ? 'free' : 'nobody'
  return slots.some(({ state }) => state === 'cooling' || state === 'reserved') ? 'resting' : 'held'
}
