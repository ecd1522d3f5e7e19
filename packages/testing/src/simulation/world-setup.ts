import type {
  AssignmentConfig,
  FormId,
  Principal,
  Project,
  ProjectId,
  Step,
  User,
  UserId,
  Workflow,
} from '@muster/core'
import type { Form } from '@muster/core/forms'
import type { Ids, Persistence } from '@muster/core/ports'
import { DEFAULT_ASSIGNMENT_CONFIG } from '@muster/core/rules'
import { aProject, aStep, aUser, aWorkflow } from '../worlds/samples.ts'
import type { Chance } from './chance.ts'

/** Answers that people give, and one of them is known to be right of some tasks. */
export const LABELS = ['nl', 'af'] as const

/** The one job type of a simulation. */
export const JOB_TYPE = 'job'

/** Names of the built-in strategies. */
export const STRATEGIES = [
  'round_robin',
  'capacity_based',
  'performance_weighted',
  'hybrid_capacity_performance',
] as const

/** Who and what there is before a schedule begins. */
export interface Cast {
  readonly workflow: Workflow
  readonly forms: readonly Form[]
  readonly projects: ReadonlyMap<ProjectId, Project>
  readonly people: readonly User[]
  readonly admin: Principal
}

/**
 * Draws a small world, in which everything is scarce so that rules meet, and keeps it in the store.
 *
 * @param how.withJobs whether tasks may have automatic steps
 * @param how.isShort whether one answer completes a task
 */
export async function setUp(
  persistence: Persistence,
  chance: Chance,
  ids: Ids,
  createdAt: Date,
  { withJobs, isShort }: { readonly withJobs: boolean; readonly isShort: boolean },
): Promise<Cast> {
  const form = chance.of(0.4) ? aLabelForm(ids, createdAt) : undefined
  const forms = form === undefined ? [] : [form]
  const formId = form?.formId ?? null
  const steps = isShort ? [aStep('annotate', { formId })] : drawSteps(chance, withJobs, formId)
  const workflow = aWorkflow(steps, { workflowId: ids.next() as Workflow['workflowId'], createdAt })
  const assignment = drawConfig(chance, steps)
  // Soon enough for a schedule to see it.
  const controls = {
    stepId: 'annotate',
    rate: 0.4,
    ...(chance.of(0.3) && { onboarding: { count: 1, passAt: 0.5 } }),
  }
  const quality = chance.of(0.4)
    ? { pause: { good: 0.9, bad: 0.4, alarm: 1.5, minimum: 1 }, ...(chance.of(0.5) && { controls }) }
    : null
  const projects = Array.from({ length: chance.of(0.25) ? 2 : 1 }, (_, index) =>
    aProject({
      projectId: ids.next() as ProjectId,
      name: `Project ${index + 1}`,
      workflowId: workflow.workflowId,
      assignment,
      quality,
      createdAt,
    }),
  )
  const people = Array.from({ length: chance.between(2, 6) }, (_, index) =>
    aUser({
      userId: ids.next() as UserId,
      displayName: `Person ${index + 1}`,
      skills: chance.of(0.8) ? { review: 3 } : {},
      maxConcurrentAssignments: chance.of(0.3) ? 1 : null,
      createdAt,
    }),
  )
  await persistence.transaction(async (stores) => {
    for (const one of forms) await stores.forms.add(one)
    await stores.workflows.add(workflow)
    for (const project of projects) await stores.projects.add(project)
    for (const user of people) {
      await stores.people.add(user)
      for (const { projectId } of projects) await stores.people.addMember(projectId, user.userId)
    }
  })
  const admin: Principal = { userId: ids.next() as UserId, role: 'admin', memberships: new Set() }
  return {
    workflow,
    forms,
    projects: new Map(projects.map((project) => [project.projectId, project])),
    people,
    admin,
  }
}

/** Asks for one of two labels. */
function aLabelForm(ids: Ids, createdAt: Date): Form {
  return {
    formId: ids.next() as FormId,
    name: 'label',
    version: 1,
    title: 'Language',
    show: [{ name: 'text', as: 'text', at: '/text' }],
    questions: [
      { id: 'label', type: 'choice', title: 'Language', options: LABELS.map((value) => ({ value })) },
    ],
    createdAt,
  }
}

/** Who are asked: with a form as many as it takes, without one so many. */
function drawOverlap(chance: Chance, adaptive: boolean): Step['assignmentsRequired'] {
  const min = chance.between(1, 2)
  if (!adaptive) return min
  return {
    min,
    max: chance.between(Math.max(min, 2), 3),
    until: [chance.of(0.6) ? { question: 'label', posterior: 0.9 } : { question: 'label', agreeing: 2 }],
    ...(chance.of(0.5) && { giveUpAfterMinutes: 10 }),
  }
}

function drawSteps(chance: Chance, withJobs: boolean, formId: FormId | null): Step[] {
  const dropAfterMinutes = chance.of(0.5) ? 30 : null
  const reviewers = [{ anyOf: ['review'], minLevel: 1, dropAfterMinutes }]
  const annotate = aStep('annotate', { formId, assignmentsRequired: drawOverlap(chance, formId !== null) })
  const review = aStep('review', {
    stepType: 'review',
    excludes: ['annotate'],
    requiredSkills: chance.of(0.5) ? reviewers : [],
    assignmentsRequired: chance.of(0.4) ? 2 : 1,
  })
  const settle = aStep('settle', {
    stepType: 'adjudication',
    formId,
    excludes: chance.of(0.5) ? ['annotate'] : [],
    when: chance.of(0.5) ? 'disagreement' : 'rejectedByReview',
  })
  const machine = aStep('machine', { stepType: 'automatic', jobType: JOB_TYPE })
  return [
    annotate,
    ...(withJobs ? [machine] : []),
    ...(chance.of(0.75) ? [review] : []),
    ...(chance.of(0.4) ? [settle] : []),
  ]
}

function drawConfig(chance: Chance, steps: readonly Step[]): AssignmentConfig {
  const pair = steps.some(({ stepId }) => stepId === 'settle') && chance.of(0.5)
  return {
    ...DEFAULT_ASSIGNMENT_CONFIG,
    maxConcurrentPerUser: chance.between(1, 2),
    crossStepExclusionPairs: pair ? [['settle', 'annotate']] : [],
    cooldownMinutes: chance.oneOf([0, 3, 30]) ?? 0,
    leaseMinutes: 10,
    defaultStrategy: chance.oneOf(STRATEGIES) ?? 'round_robin',
    maxReturns: chance.between(0, 2),
    holdMinutes: 20,
  }
}
