import type { AssignmentStatus, Requirement, Step, StepCondition, StepType, TaskStatus } from '@muster/core'
import type {
  Candidate,
  ExplainedCandidate,
  ExplainedDecision,
  IneligibleReason,
  Move,
  ReasonCode,
  RejectCode,
  SeenAssignment,
  SeenTask,
  StepOverlap,
} from '@muster/core/calls'
import type { AdaptiveOverlap } from '@muster/core/forms'
import type {
  AssignmentWork,
  ClaimResult,
  MissingSkill,
  Outlook,
  QueueEntry,
  SavedDraft,
  SubmittedWithNext,
} from '@muster/core/inbox'
import {
  claimRequest,
  draftRequest,
  flagRequest,
  personalQueueQuery,
  rejection,
  submissionWithNext,
} from '@muster/core/inbox'
import { adaptiveOverlap, purposeOf, slotsAtFirst } from '@muster/core/quality'
import {
  assignRequest,
  moveRequest,
  parse,
  releaseRequest,
  submission,
  TASK_PURPOSES,
} from '@muster/core/schemas'
import { AUTHORITY, atLeast } from '../access/authority.ts'
import { requireOverride, requireProject } from '../access/authorization.ts'
import { builder, enumOf } from './builder.ts'
import { connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allow, allowOne, allowOneBy, type GraphqlContext, orNull, readAnew } from './context.ts'
import { FormType } from './forms.ts'
import { has, nodeId } from './ids.ts'
import { given } from './input.ts'

export const TaskStatusEnum = enumOf<TaskStatus>('TaskStatus', ['open', 'completed', 'cancelled'])
export const StepTypeEnum = enumOf<StepType>('StepType', [
  'annotation',
  'review',
  'adjudication',
  'automatic',
])
const StepConditionEnum = enumOf<StepCondition>('StepCondition', [
  'always',
  'disagreement',
  'rejectedByReview',
])
export const AssignmentStatusEnum = enumOf<AssignmentStatus>('AssignmentStatus', [
  'assigned',
  'accepted',
  'in_progress',
  'submitted',
  'rejected',
  'expired',
  'reassigned',
])
const RejectCodeEnum = enumOf<RejectCode>('RejectCode', [
  'unclear',
  'wrong_skill',
  'conflict_of_interest',
  'broken_item',
  'other',
])
const ReasonCodeEnum = enumOf<ReasonCode>('ReasonCode', [
  'inactive',
  'notMember',
  'missingSkill',
  'alreadyAssigned',
  'excludedByStep',
  'atLimit',
  'coolingDown',
  'reservedFor',
  'rejectedBefore',
  'noFreeSlot',
  'queuePaused',
  'qualityPaused',
  'notQualified',
])
export const TaskPurposeEnum = enumOf('TaskPurpose', TASK_PURPOSES)
const QueueSort = enumOf('QueueSort', ['priority', 'age', 'project', 'submitted'])
export const SortOrder = enumOf('SortOrder', ['asc', 'desc'])

const RequirementType = builder.objectRef<Requirement>('Requirement').implement({
  description: 'Any one of these skills at or above the level.',
  fields: (t) => ({
    anyOf: t.exposeStringList('anyOf'),
    minLevel: t.exposeInt('minLevel'),
    dropAfterMinutes: t.exposeFloat('dropAfterMinutes', { nullable: true }),
  }),
})

const UntilRuleType = builder
  .objectRef<{
    readonly question: string
    readonly posterior?: number
    readonly agreeing?: number
    readonly holds?: boolean | null
  }>('UntilRule')
  .implement({
    description: 'One thing that must hold before a step with adaptive overlap is complete.',
    fields: (t) => ({
      question: t.exposeString('question'),
      posterior: t.exposeFloat('posterior', {
        nullable: true,
        description: 'The likeliest answer is at least so likely.',
      }),
      agreeing: t.exposeInt('agreeing', {
        nullable: true,
        description: 'So many answers agree with each other, and are more than half.',
      }),
      holds: t.exposeBoolean('holds', {
        nullable: true,
        description: 'Of a task: whether it held when it was last asked.',
      }),
    }),
  })

const AdaptiveOverlapType = builder.objectRef<AdaptiveOverlap>('AdaptiveOverlap').implement({
  description:
    'At least `min` people, and one more as long as `until` does not hold and there are fewer than `max`.',
  fields: (t) => ({
    min: t.exposeInt('min'),
    max: t.exposeInt('max'),
    until: t.expose('until', { type: [UntilRuleType] }),
    giveUpAfterMinutes: t.exposeFloat('giveUpAfterMinutes', { nullable: true }),
  }),
})

const StepOverlapType = builder.objectRef<StepOverlap>('StepOverlap').implement({
  description: 'How many people are asked about a step of a task, and what their answers come to so far.',
  fields: (t) => ({
    stepId: t.exposeString('stepId'),
    slots: t.exposeInt('slots'),
    min: t.exposeInt('min'),
    max: t.exposeInt('max'),
    until: t.expose('until', { type: [UntilRuleType] }),
    posterior: t.expose('posterior', {
      type: 'JSON',
      nullable: true,
      description: 'By question, or `question.criterion`: the chance of each answer when it was last asked.',
    }),
  }),
})

const StepObject = builder.objectRef<Step>('Step').implement({
  fields: (t) => ({
    stepId: t.exposeString('stepId'),
    stepType: t.expose('stepType', { type: StepTypeEnum }),
    requiredSkills: t.expose('requiredSkills', { type: [RequirementType] }),
    assignmentsRequired: t.int({
      description: 'How many people do it; with adaptive overlap, how many at least.',
      resolve: slotsAtFirst,
    }),
    adaptiveOverlap: t.field({
      type: AdaptiveOverlapType,
      nullable: true,
      description: 'Null where the number of people is fixed.',
      resolve: (step) => adaptiveOverlap(step) ?? null,
    }),
    excludes: t.exposeStringList('excludes'),
    strategy: t.exposeString('strategy', { nullable: true }),
    leaseMinutes: t.exposeFloat('leaseMinutes', { nullable: true }),
    cooldownMinutes: t.exposeFloat('cooldownMinutes', { nullable: true }),
    estimatedDurationMinutes: t.exposeFloat('estimatedDurationMinutes', { nullable: true }),
    when: t.expose('when', { type: StepConditionEnum }),
    agreeOn: t.exposeString('agreeOn', { nullable: true }),
    formId: t.exposeID('formId', { nullable: true }),
    jobType: t.exposeString('jobType', { nullable: true }),
  }),
})

const RejectReason = builder
  .objectRef<NonNullable<SeenAssignment['rejectReason']>>('RejectReason')
  .implement({
    fields: (t) => ({
      code: t.expose('code', { type: RejectCodeEnum }),
      comment: t.exposeString('comment', { nullable: true }),
    }),
  })

const FlagType = builder
  .objectRef<NonNullable<SeenAssignment['flag']>>('Flag')
  .implement({ fields: (t) => ({ comment: t.exposeString('comment') }) })

const AssignmentRef = builder.objectRef<SeenAssignment>('Assignment')
builder.node(AssignmentRef, {
  description: 'One person’s hold on one step of one task.',
  id: { resolve: ({ assignmentId }) => assignmentId },
  isTypeOf: (thing) => has(thing, 'assignmentId'),
  loadOne: (id, context) => orNull(() => assignmentOf(context, id)),
  fields: (t) => ({
    assignmentId: t.exposeID('assignmentId'),
    taskId: t.exposeID('taskId'),
    projectId: t.exposeID('projectId'),
    stepId: t.exposeString('stepId'),
    stepType: t.expose('stepType', { type: StepTypeEnum }),
    userId: t.exposeID('userId', {
      nullable: true,
      description: 'Null where the viewer may see the work but not whose it is.',
    }),
    status: t.expose('status', { type: AssignmentStatusEnum }),
    attempt: t.exposeInt('attempt'),
    version: t.exposeInt('version'),
    assignedAt: t.expose('assignedAt', { type: 'DateTime' }),
    acceptedAt: t.expose('acceptedAt', { type: 'DateTime', nullable: true }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    submittedAt: t.expose('submittedAt', { type: 'DateTime', nullable: true }),
    rejectedAt: t.expose('rejectedAt', { type: 'DateTime', nullable: true }),
    rejectReason: t.expose('rejectReason', { type: RejectReason, nullable: true }),
    releaseReason: t.exposeString('releaseReason', { nullable: true }),
    endReason: t.exposeString('endReason', { nullable: true }),
    ahead: t.exposeBoolean('ahead', {
      description: 'Whether it is held ahead of what its person works on, unseen.',
    }),
    returnComment: t.exposeString('returnComment', { nullable: true }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    previousAssignmentId: t.exposeID('previousAssignmentId', { nullable: true }),
    overrideReason: t.exposeString('overrideReason', { nullable: true }),
    draftVersion: t.exposeInt('draftVersion'),
    draftSavedAt: t.expose('draftSavedAt', { type: 'DateTime', nullable: true }),
    submitsAt: t.expose('submitsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When what was handed in goes through; null: nothing waits.',
    }),
    handedInAt: t.expose('handedInAt', { type: 'DateTime', nullable: true }),
    handedIn: t.expose('handedIn', {
      type: 'JSON',
      nullable: true,
      description: 'The result that waits, and the words beside it.',
    }),
    presentation: t.expose('presentation', {
      type: 'JSON',
      nullable: true,
      description: 'The orders of sides and options that its person is shown.',
    }),
    flag: t.expose('flag', {
      type: FlagType,
      nullable: true,
      description: 'A mark of its person for managers.',
    }),
    flaggedAt: t.expose('flaggedAt', { type: 'DateTime', nullable: true }),
    comment: t.exposeString('comment', {
      nullable: true,
      description: 'Free words beside the result, of a form that asks for them.',
    }),
    draftComment: t.exposeString('draftComment', { nullable: true }),
    result: t.expose('result', { type: 'JSON', nullable: true }),
    draft: t.expose('draft', {
      type: 'JSON',
      nullable: true,
      description: 'What is answered so far, or was handed in after the lease was lost.',
    }),
  }),
})

export const TaskRef = builder.objectRef<SeenTask>('Task')
builder.node(TaskRef, {
  description:
    'One unit of work for people, going through a workflow. To annotators of a project with controls much of it is null.',
  id: { resolve: ({ taskId }) => taskId },
  isTypeOf: (thing) => has(thing, 'currentStepId'),
  loadOne: (id, context) => orNull(() => taskOf(context, id)),
  fields: (t) => ({
    taskId: t.exposeID('taskId'),
    projectId: t.exposeID('projectId'),
    workflowId: t.exposeID('workflowId'),
    status: t.expose('status', { type: TaskStatusEnum, nullable: true }),
    currentStepId: t.exposeString('currentStepId', { nullable: true }),
    priority: t.exposeInt('priority', { nullable: true }),
    payload: t.expose('payload', { type: 'JSON', nullable: true }),
    requiredSkills: t.expose('requiredSkills', { type: [RequirementType], nullable: true }),
    gold: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The known answer; a manager’s.',
      resolve: ({ gold }, _args, { principal }) => (atLeast(principal.role, 'manager') ? gold : null),
    }),
    purpose: t.field({
      type: TaskPurposeEnum,
      nullable: true,
      description: 'A manager’s.',
      resolve: ({ returns }, _args, { principal }) =>
        returns !== null && atLeast(principal.role, 'manager') ? purposeOf({ returns }) : null,
    }),
    formId: t.exposeID('formId', {
      nullable: true,
      description: 'In place of the form of every annotation step.',
    }),
    version: t.exposeInt('version', { nullable: true }),
    cooldownUntil: t.expose('cooldownUntil', { type: 'DateTime', nullable: true }),
    externalId: t.exposeString('externalId', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime', nullable: true }),
    completedAt: t.expose('completedAt', { type: 'DateTime', nullable: true }),
    steps: t.field({
      type: [StepObject],
      resolve: async ({ taskId }, _args, { loaders }) => (await loaders.taskView.load(taskId)).steps,
    }),
    assignments: t.field({
      type: [AssignmentRef],
      description: 'What the viewer may see of them.',
      resolve: async ({ taskId }, _args, { loaders }) => (await loaders.taskView.load(taskId)).assignments,
    }),
    overlap: t.field({
      type: [StepOverlapType],
      nullable: true,
      description: 'Of each step with adaptive overlap that has opened; a manager’s.',
      resolve: async ({ taskId }, _args, { loaders }) =>
        (await loaders.taskView.load(taskId)).overlap ?? null,
    }),
    askedBy: t.id({
      nullable: true,
      description: 'The job that waits for its answer; a manager’s.',
      resolve: async ({ taskId }, _args, { loaders }) =>
        (await loaders.taskView.load(taskId)).ask?.jobId ?? null,
    }),
  }),
})

const IneligibleReasonType = builder.objectRef<ReasonShape>('IneligibleReason').implement({
  description: 'Why somebody may not take a step now; the fields beside `code` are those that belong to it.',
  fields: (t) => ({
    code: t.expose('code', { type: ReasonCodeEnum }),
    anyOf: t.exposeStringList('anyOf', { nullable: true }),
    minLevel: t.exposeInt('minLevel', { nullable: true }),
    level: t.exposeInt('level', { nullable: true }),
    stepId: t.exposeString('stepId', { nullable: true }),
    live: t.exposeInt('live', { nullable: true }),
    limit: t.exposeInt('limit', { nullable: true }),
    until: t.expose('until', { type: 'DateTime', nullable: true }),
    since: t.expose('since', { type: 'DateTime', nullable: true }),
    reason: t.exposeString('reason', { nullable: true }),
    judged: t.exposeInt('judged', { nullable: true }),
    count: t.exposeInt('count', { nullable: true }),
  }),
})

/** Any of the reasons, with the detail of each. */
type ReasonShape = Pick<IneligibleReason, 'code'> & {
  readonly [Detail in DetailOf<IneligibleReason>]?: Extract<IneligibleReason, Record<Detail, unknown>>[Detail]
}
type DetailOf<Reason> = Reason extends unknown ? Exclude<keyof Reason, 'code'> : never

const ScorePart = builder
  .objectRef<{ readonly name: string; readonly value: number }>('ScorePart')
  .implement({
    fields: (t) => ({
      name: t.exposeString('name'),
      value: t.exposeFloat('value', { description: '0 to 1' }),
    }),
  })

export const CandidateType = builder.objectRef<Candidate>('Candidate').implement({
  description: 'A person considered.',
  fields: (t) => ({
    userId: t.exposeID('userId'),
    eligible: t.exposeBoolean('eligible'),
    reasons: t.expose('reasons', { type: [IneligibleReasonType], description: 'Every reason why not.' }),
    score: t.exposeFloat('score', { nullable: true, description: 'Null where not eligible.' }),
    parts: t.field({
      type: [ScorePart],
      resolve: ({ parts }) => Object.entries(parts).map(([name, value]) => ({ name, value })),
    }),
  }),
})

const SkillLevel = builder
  .objectRef<{ readonly name: string; readonly level: number }>('SkillLevel')
  .implement({ fields: (t) => ({ name: t.exposeString('name'), level: t.exposeInt('level') }) })

const ExplainedCandidateType = builder.objectRef<ExplainedCandidate>('ExplainedCandidate').implement({
  description: 'A person considered, with what it was decided from.',
  fields: (t) => ({
    userId: t.exposeID('userId'),
    displayName: t.exposeString('displayName'),
    status: t.exposeString('status'),
    scripted: t.exposeBoolean('scripted'),
    eligible: t.exposeBoolean('eligible'),
    reasons: t.expose('reasons', { type: [IneligibleReasonType], description: 'Every reason why not.' }),
    score: t.exposeFloat('score', { nullable: true, description: 'Null where not eligible.' }),
    parts: t.field({
      type: [ScorePart],
      resolve: ({ parts }) => Object.entries(parts).map(([name, value]) => ({ name, value })),
    }),
    skills: t.field({
      type: [SkillLevel],
      description: 'Those that are asked for.',
      resolve: ({ skills }) => Object.entries(skills).map(([name, level]) => ({ name, level })),
    }),
    live: t.exposeInt('live'),
    limit: t.exposeInt('limit'),
    quality: t.exposeFloat('quality'),
  }),
})

const ReasonCount = builder
  .objectRef<{ readonly code: ReasonCode; readonly count: number }>('ReasonCount')
  .implement({
    fields: (t) => ({ code: t.expose('code', { type: ReasonCodeEnum }), count: t.exposeInt('count') }),
  })
const reasonCounts = (reasons: Readonly<Partial<Record<ReasonCode, number>>>) =>
  Object.entries(reasons).map(([code, count]) => ({ code: code as ReasonCode, count }))

const DecisionType = builder.objectRef<ExplainedDecision>('Decision').implement({
  description: 'What a push would decide now, and why.',
  fields: (t) => ({
    taskId: t.exposeID('taskId'),
    stepId: t.exposeString('stepId'),
    strategy: t.exposeString('strategy'),
    chosen: t.exposeID('chosen', { nullable: true }),
    requirements: t.expose('requirements', { type: [RequirementType], description: 'Those that hold now.' }),
    considered: t.exposeInt('considered'),
    eligible: t.exposeInt('eligible'),
    mainReason: t.exposeString('mainReason', {
      nullable: true,
      description: 'The reason that holds for most people; null if somebody may take it.',
    }),
    reasons: t.field({
      type: [ReasonCount],
      description: 'How many people each reason holds for.',
      resolve: ({ reasons }) => reasonCounts(reasons),
    }),
    candidates: t.expose('candidates', { type: [ExplainedCandidateType], description: 'Nearest first.' }),
    nextCursor: t.exposeString('nextCursor', {
      nullable: true,
      description: 'Where to go on with `after`; null at the end.',
    }),
  }),
})

const ClaimResultType = builder.objectRef<ClaimResult>('ClaimResult').implement({
  description: 'An assignment with its task, or nothing and why.',
  fields: (t) => ({
    assignment: t.field({
      type: AssignmentRef,
      nullable: true,
      resolve: (claim) => (claim.kind === 'claimed' ? claim.assignment : null),
    }),
    task: t.field({
      type: TaskRef,
      nullable: true,
      resolve: (claim) => (claim.kind === 'claimed' ? claim.task : null),
    }),
    open: t.int({
      nullable: true,
      description: 'Where there is nothing for the caller: how many tasks are open all the same.',
      resolve: (claim) => (claim.kind === 'nothing' ? claim.open : null),
    }),
    reasons: t.field({
      type: [ReasonCount],
      description: 'How many of them are not for the caller, by reason.',
      resolve: (claim) => (claim.kind === 'nothing' ? reasonCounts(claim.reasons) : []),
    }),
  }),
})

const MissingSkillType = builder.objectRef<MissingSkill>('MissingSkill').implement({
  description: 'A skill that open tasks ask for and the viewer lacks: any of these at that level.',
  fields: (t) => ({
    anyOf: t.exposeStringList('anyOf'),
    minLevel: t.exposeInt('minLevel'),
    count: t.exposeInt('count'),
  }),
})

const OutlookType = builder.objectRef<Outlook>('Outlook').implement({
  description: 'What the viewer could claim, and what keeps the rest from them. At most 5 s old.',
  fields: (t) => ({
    open: t.exposeInt('open'),
    forMe: t.exposeInt('forMe'),
    reasons: t.field({
      type: [ReasonCount],
      resolve: ({ reasons }) => reasonCounts(reasons),
    }),
    missing: t.expose('missing', { type: [MissingSkillType] }),
  }),
})

const QueueEntryType = builder.objectRef<QueueEntry>('QueueEntry').implement({
  description: 'An assignment in its holder’s queue.',
  fields: (t) => ({
    id: t.id({ resolve: ({ assignmentId }) => nodeId('QueueEntry', assignmentId) }),
    assignmentId: t.exposeID('assignmentId'),
    taskId: t.exposeID('taskId'),
    projectId: t.exposeID('projectId'),
    projectName: t.exposeString('projectName'),
    stepId: t.exposeString('stepId'),
    stepType: t.expose('stepType', { type: StepTypeEnum }),
    status: t.expose('status', { type: AssignmentStatusEnum }),
    priority: t.exposeInt('priority', { nullable: true }),
    assignedAt: t.expose('assignedAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    timeInQueueSeconds: t.exposeFloat('timeInQueueSeconds'),
    estimatedDurationMinutes: t.exposeFloat('estimatedDurationMinutes', { nullable: true }),
    attempt: t.exposeInt('attempt'),
    externalId: t.exposeString('externalId', { nullable: true }),
    returnComment: t.exposeString('returnComment', { nullable: true }),
    submittedAt: t.expose('submittedAt', { type: 'DateTime', nullable: true }),
    submitsAt: t.expose('submitsAt', { type: 'DateTime', nullable: true }),
    hasDraft: t.exposeBoolean('hasDraft'),
    ahead: t.exposeBoolean('ahead'),
  }),
})
const QueueEntryConnection = builder.connectionObject(
  { type: QueueEntryType, name: 'QueueEntryConnection' },
  { name: 'QueueEntryEdge' },
)

const SubmittedWithNextType = builder.objectRef<SubmittedWithNext>('SubmittedWithNext').implement({
  description: 'A submission, and what its person is to do next.',
  fields: (t) => ({
    assignment: t.field({ type: AssignmentRef, resolve: ({ assignment }) => assignment }),
    next: t.field({ type: ClaimResultType, resolve: ({ next }) => next }),
  }),
})
const NextInput = builder.inputType('NextInput', {
  description: 'The kind of work that is wanted; empty: any.',
  fields: (t) => ({ projectId: t.id(), stepType: t.field({ type: StepTypeEnum }) }),
})

const SavedDraftType = builder.objectRef<SavedDraft>('SavedDraft').implement({
  description: 'A draft as it was saved, and what is left to be answered.',
  fields: (t) => ({
    draftVersion: t.exposeInt('draftVersion'),
    savedAt: t.expose('savedAt', { type: 'DateTime' }),
    open: t.field({ type: 'JSON', resolve: ({ open }) => open }),
  }),
})

const AssignmentWorkType = builder.objectRef<AssignmentWork>('AssignmentWork').implement({
  description: 'All that a page needs to let a person work on an assignment.',
  fields: (t) => ({
    assignment: t.expose('assignment', { type: AssignmentRef }),
    form: t.field({ type: FormType, nullable: true, resolve: ({ form }) => form }),
    show: t.field({ type: 'JSON', resolve: ({ show }) => show }),
    presentation: t.field({ type: 'JSON', nullable: true, resolve: ({ presentation }) => presentation }),
    start: t.field({ type: 'JSON', resolve: ({ start }) => start }),
    draft: t.field({ type: 'JSON', nullable: true, resolve: ({ draft }) => draft }),
    submissions: t.field({ type: 'JSON', resolve: ({ submissions }) => submissions }),
    contested: t.exposeStringList('contested'),
  }),
})

builder.queryFields((t) => ({
  assignmentWork: t.field({
    type: AssignmentWorkType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      orNull(async () => {
        const assignmentId = await allowOne(context, 'assignment', 'Query.assignmentWork', id)
        return context.muster.assignments.work(assignmentId, context.principal)
      }),
  }),
  myOutlook: t.field({
    type: OutlookType,
    nullable: true,
    resolve: async (_root, _args, context) => {
      await allow(context, 'Query.myOutlook')
      return context.muster.assignments.outlook(context.principal.userId)
    },
  }),
  myQueue: t.field({
    type: QueueEntryConnection,
    nullable: true,
    description: 'The caller’s live assignments, unless `status` says otherwise.',
    args: {
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
      projectId: t.arg.id(),
      stepType: t.arg({ type: StepTypeEnum }),
      status: t.arg({ type: [AssignmentStatusEnum] }),
      sort: t.arg({ type: QueueSort, description: 'Default PRIORITY.' }),
      order: t.arg({ type: SortOrder, description: 'Default DESC for PRIORITY, else ASC.' }),
    },
    complexity: costOfPage,
    resolve: async (_root, { first, after, ...filter }, context) => {
      await allow(context, 'Query.myQueue')
      const { muster, principal } = context
      const { cursors, ...forward } = pageRequest({ first, after })
      const query = parse(personalQueueQuery, { ...given(filter), ...forward })
      return orNull(async () => {
        if (query.projectId !== undefined) await requireProject(muster, principal, query.projectId)
        const page = await muster.personalQueue.list({ ...query, cursors, userId: principal.userId })
        return connectionOf(page, { after })
      })
    },
  }),
  task: t.field({
    type: TaskRef,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => orNull(() => taskOf(context, id)),
  }),
  candidates: t.field({
    type: DecisionType,
    nullable: true,
    args: {
      taskId: t.arg.id({ required: true }),
      strategy: t.arg.string(),
      userId: t.arg.id(),
      first: t.arg.int({ description: '1 to 200, default 200.' }),
      after: t.arg.string(),
    },
    resolve: (_root, { taskId, first, after, ...asked }, context) =>
      orNull(async () => {
        const id = await allowOne(context, 'task', 'Query.candidates', taskId)
        const { strategy, userId } = parse(assignRequest, given(asked))
        const { limit, cursor } = pageRequest({ first, after })
        return context.muster.assignments.candidates({ taskId: id, strategy, userId, limit, cursor })
      }),
  }),
}))

builder.mutationFields((t) => {
  const held = { id: t.arg.id({ required: true }), attempt: t.arg.int() }
  return {
    claimNext: t.field({
      type: ClaimResultType,
      nullable: true,
      description: 'Claims the best open step for the caller.',
      args: {
        projectId: t.arg.id(),
        stepType: t.arg({ type: StepTypeEnum }),
        ahead: t.arg.boolean({ description: 'Held, unseen, for after what the caller works on.' }),
      },
      resolve: async (_root, asked, context) => {
        await allow(context, 'Mutation.claimNext')
        readAnew(context)
        const { muster, principal } = context
        const { projectId, stepType, ahead } = parse(claimRequest, given(asked))
        if (projectId !== undefined) await requireProject(muster, principal, projectId)
        return muster.assignments.claimNext({
          projectId,
          stepType,
          ahead,
          userId: principal.userId,
        })
      },
    }),
    acceptAssignment: t.field({
      type: AssignmentRef,
      nullable: true,
      args: held,
      resolve: async (_root, { id, attempt }, context) => {
        const move = await moveOf(context, 'Mutation.acceptAssignment', id)
        return context.muster.assignments.accept({ ...move, ...parse(moveRequest, given({ attempt })) })
      },
    }),
    startAssignment: t.field({
      type: AssignmentRef,
      nullable: true,
      args: held,
      resolve: async (_root, { id, attempt }, context) => {
        const move = await moveOf(context, 'Mutation.startAssignment', id)
        return context.muster.assignments.start({ ...move, ...parse(moveRequest, given({ attempt })) })
      },
    }),
    submitAssignment: t.field({
      type: AssignmentRef,
      nullable: true,
      description: 'Hands in the result; of a review { verdict: accept | return, comment? }.',
      args: {
        ...held,
        result: t.arg({ type: 'JSON', required: true }),
        comment: t.arg.string({ description: 'Free words, of a form that asks for them.' }),
        undoSeconds: t.arg.int({ description: 'For how long it may be taken back: it goes through then.' }),
      },
      resolve: async (_root, { id, ...said }, context) => {
        const move = await moveOf(context, 'Mutation.submitAssignment', id)
        return context.muster.assignments.submit({ ...move, ...parse(submission, given(said)) })
      },
    }),
    submitWithNext: t.field({
      type: SubmittedWithNextType,
      nullable: true,
      description:
        'Hands in and claims the next, in one transaction: refused, it claims nothing. The holder’s alone.',
      args: {
        ...held,
        result: t.arg({ type: 'JSON', required: true }),
        comment: t.arg.string(),
        undoSeconds: t.arg.int(),
        next: t.arg({ type: NextInput, required: true }),
      },
      resolve: async (_root, { id, next, ...said }, context) => {
        const move = await moveOf(context, 'Mutation.submitWithNext', id)
        readAnew(context)
        const { muster, principal } = context
        const wish = { ...given(said), next: given(next) }
        const { next: wanted = {}, ...submitted } = parse(submissionWithNext, wish)
        const { projectId } = wanted
        if (projectId !== undefined) await requireProject(muster, principal, projectId)
        return muster.assignments.submitWithNext({ ...move, ...submitted, next: wanted })
      },
    }),
    takeBackSubmission: t.field({
      type: AssignmentRef,
      nullable: true,
      description: 'Takes back what was handed in and has not gone through.',
      args: held,
      resolve: async (_root, { id, attempt }, context) => {
        const move = await moveOf(context, 'Mutation.takeBackSubmission', id)
        return context.muster.assignments.takeBack({ ...move, ...parse(moveRequest, given({ attempt })) })
      },
    }),
    saveDraft: t.field({
      type: SavedDraftType,
      nullable: true,
      description: 'Keeps what is answered so far. A draftVersion that is not the kept one is a conflict.',
      args: {
        ...held,
        answers: t.arg({ type: 'JSON', required: true }),
        comment: t.arg.string(),
        draftVersion: t.arg.int(),
      },
      resolve: async (_root, { id, ...said }, context) => {
        const { assignmentId } = await moveOf(context, 'Mutation.saveDraft', id)
        const draft = parse(draftRequest, given(said))
        return context.muster.assignments.saveDraft({ ...draft, assignmentId, by: context.principal })
      },
    }),
    flagAssignment: t.field({
      type: AssignmentRef,
      nullable: true,
      description: 'Marks it for the managers; ends nothing. The same words again change nothing.',
      args: { id: held.id, comment: t.arg.string({ required: true }) },
      resolve: async (_root, { id, ...said }, context) => {
        const move = await moveOf(context, 'Mutation.flagAssignment', id)
        return context.muster.assignments.flag({ ...move, ...parse(flagRequest, given(said)) })
      },
    }),
    unflagAssignment: t.field({
      type: AssignmentRef,
      nullable: true,
      description: 'Takes the mark away.',
      args: { id: held.id },
      resolve: async (_root, { id }, context) =>
        context.muster.assignments.unflag(await moveOf(context, 'Mutation.unflagAssignment', id)),
    }),
    rejectAssignment: t.field({
      type: AssignmentRef,
      nullable: true,
      description: 'Declines it.',
      args: { ...held, code: t.arg({ type: RejectCodeEnum, required: true }), comment: t.arg.string() },
      resolve: async (_root, { id, ...said }, context) => {
        const move = await moveOf(context, 'Mutation.rejectAssignment', id)
        return context.muster.assignments.reject({ ...move, ...parse(rejection, given(said)) })
      },
    }),
    releaseAssignment: t.field({
      type: AssignmentRef,
      nullable: true,
      description: 'Gives it back.',
      args: { ...held, reason: t.arg.string() },
      resolve: async (_root, { id, ...said }, context) => {
        const move = await moveOf(context, 'Mutation.releaseAssignment', id)
        return context.muster.assignments.release({ ...move, ...parse(releaseRequest, given(said)) })
      },
    }),
    assignTask: t.field({
      type: AssignmentRef,
      nullable: true,
      description: 'Gives it to the best person, or to the one named.',
      args: {
        id: t.arg.id({ required: true }),
        userId: t.arg.id(),
        strategy: t.arg.string(),
        overrideReason: t.arg.string({ description: 'Lifts exclusions, and is recorded; an admin’s.' }),
      },
      resolve: async (_root, { id, overrideReason, ...asked }, context) => {
        readAnew(context)
        const taskId = await allowOne(context, 'task', 'Mutation.assignTask', id)
        const override = overrideReason == null ? {} : { override: { reason: overrideReason } }
        const request = parse(assignRequest, { ...given(asked), ...override })
        const { muster, principal: by } = context
        requireOverride(by, request.override)
        return muster.assignments.assign({ ...request, taskId, by })
      },
    }),
  }
})

async function taskOf(context: GraphqlContext, id: string): Promise<SeenTask> {
  const taskId = await allowOne(context, 'task', 'Query.task', id)
  // Whether the caller may see it depends on their rows on it.
  return (await context.loaders.taskView.load(taskId)).task
}

async function assignmentOf(context: GraphqlContext, id: string): Promise<SeenAssignment> {
  const rule = AUTHORITY['GET /assignments/:id']
  if (rule === undefined) throw new Error('Reading an assignment has no row in the authority table')
  const assignmentId = await allowOneBy(rule, context, 'assignment', id)
  return context.muster.assignments.view(assignmentId, context.principal)
}

async function moveOf(context: GraphqlContext, field: string, id: string): Promise<Move> {
  readAnew(context)
  return { assignmentId: await allowOne(context, 'assignment', field, id), by: context.principal }
}
