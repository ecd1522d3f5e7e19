import type { ListedTask, MainReason, TaskCounts } from '@muster/core/calls'
import type { StepTotal, StepTotals } from '@muster/core/inbox'
import { MAIN_REASONS, parse, STEP_STATES, taskBulk, taskFilter } from '@muster/core/schemas'
import { builder, enumOf } from './builder.ts'
import { connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allowBy, allowOne, type GraphqlContext, orNull, ruleOf } from './context.ts'
import { given } from './input.ts'
import { OperationType } from './operations.ts'
import { SortOrder, StepTypeEnum, TaskPurposeEnum, TaskRef, TaskStatusEnum } from './work.ts'

const StepStateEnum = enumOf('StepState', STEP_STATES)
const MainReasonEnum = enumOf<MainReason>('MainReason', MAIN_REASONS)

const Holder = builder.objectRef<ListedTask['holders'][number]>('TaskHolder').implement({
  fields: (t) => ({ userId: t.exposeID('userId'), displayName: t.exposeString('displayName') }),
})

const ListedTaskType = builder.objectRef<ListedTask>('ListedTask').implement({
  description: 'A task in a manager’s list.',
  fields: (t) => ({
    taskId: t.exposeID('taskId'),
    task: t.field({ type: TaskRef, resolve: (task) => task }),
    stepState: t.expose('stepState', { type: StepStateEnum, nullable: true }),
    mainReason: t.expose('mainReason', {
      type: MainReasonEnum,
      nullable: true,
      description: 'The reason that holds for most people; null if somebody may take it.',
    }),
    holders: t.expose('holders', { type: [Holder] }),
    flagged: t.exposeBoolean('flagged'),
  }),
})
const ListedTaskConnection = builder.connectionObject(
  { type: ListedTaskType, name: 'ListedTaskConnection' },
  { name: 'ListedTaskEdge' },
)

const NameCount = builder
  .objectRef<{ readonly name: string; readonly count: number }>('NameCount')
  .implement({ fields: (t) => ({ name: t.exposeString('name'), count: t.exposeInt('count') }) })
const countsOf = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([name, count]) => ({ name, count }))

const TaskCountsType = builder.objectRef<TaskCounts>('TaskCounts').implement({
  description: 'Tasks counted.',
  fields: (t) => ({
    byStatus: t.field({ type: [NameCount], resolve: ({ byStatus }) => countsOf(byStatus) }),
    byStep: t.field({ type: [NameCount], resolve: ({ byStep }) => countsOf(byStep) }),
    byState: t.field({ type: [NameCount], resolve: ({ byState }) => countsOf(byState) }),
    byReason: t.field({ type: [NameCount], resolve: ({ byReason }) => countsOf(byReason) }),
    judged: t.exposeInt('judged', { description: 'Open steps that were judged.' }),
    complete: t.exposeBoolean('complete', { description: 'Whether all of them were.' }),
  }),
})

const StayType = builder.objectRef<NonNullable<StepTotal['stay']>>('Stay').implement({
  description: 'How long tasks stood at a step that have left it, of the 1 000 newest tasks.',
  fields: (t) => ({
    times: t.exposeInt('times', { description: 'So often one left it.' }),
    p50Ms: t.exposeFloat('p50Ms'),
    p90Ms: t.exposeFloat('p90Ms'),
  }),
})

const StepTotalType = builder.objectRef<StepTotal>('StepTotal').implement({
  description: 'How tasks of a project stand at a step.',
  fields: (t) => ({
    stepId: t.exposeString('stepId'),
    stepType: t.expose('stepType', {
      type: StepTypeEnum,
      nullable: true,
      description: 'null: the workflow has no such step any more.',
    }),
    open: t.exposeInt('open', { nullable: true, description: 'null: it is not told.' }),
    stay: t.expose('stay', { type: StayType, nullable: true, description: 'For managers.' }),
  }),
})

const StepTotalsType = builder.objectRef<StepTotals>('StepTotals').implement({
  description: 'Tasks of a project in all, and by its steps.',
  fields: (t) => ({
    byStatus: t.field({
      type: [NameCount],
      nullable: true,
      description: 'null: it is not told.',
      resolve: ({ tasks }) => tasks && countsOf(tasks),
    }),
    steps: t.field({ type: [StepTotalType], resolve: ({ steps }) => [...steps] }),
  }),
})

const BulkAction = enumOf('TaskBulkAction', ['priority', 'cancel'])

builder.queryFields((t) => {
  const filter = {
    projectId: t.arg.id({ description: 'Without it: all projects that the caller manages.' }),
    status: t.arg({ type: [TaskStatusEnum] }),
    stepId: t.arg.string(),
    externalId: t.arg.string(),
    q: t.arg.string(),
    holder: t.arg.id(),
    skill: t.arg.string(),
    waits: t.arg({ type: MainReasonEnum }),
    from: t.arg({ type: 'DateTime', description: 'Created then or later.' }),
    to: t.arg({ type: 'DateTime', description: 'Created before.' }),
    flagged: t.arg.boolean(),
    purpose: t.arg({ type: TaskPurposeEnum }),
    order: t.arg({ type: SortOrder }),
  }
  return {
    stepTotals: t.field({
      type: StepTotalsType,
      nullable: true,
      description: 'Annotators of a project that has controls are told no numbers.',
      args: { projectId: t.arg.id({ required: true }) },
      complexity: 50,
      resolve: (_root, { projectId }, context) =>
        orNull(async () => {
          const id = await allowOne(context, 'project', 'Query.stepTotals', projectId)
          return context.muster.tasks.steps(context.principal, id)
        }),
    }),
    tasks: t.field({
      type: ListedTaskConnection,
      nullable: true,
      description: 'Tasks, newest first unless asked for otherwise.',
      args: { ...filter, first: t.arg.int({ description: '1 to 200, default 50.' }), after: t.arg.string() },
      complexity: costOfPage,
      resolve: (_root, { projectId, first, after, ...asked }, context) =>
        orNull(async () => {
          const of = await scopeOf(context, 'Query.tasks', projectId)
          const query = parse(taskFilter, given(asked))
          const page = await context.muster.tasks.list(of, query, pageRequest({ first, after }))
          return connectionOf(page, { after })
        }),
    }),
    taskCounts: t.field({
      type: TaskCountsType,
      nullable: true,
      args: filter,
      complexity: 50,
      resolve: (_root, { projectId, ...asked }, context) =>
        orNull(async () => {
          const of = await scopeOf(context, 'Query.taskCounts', projectId)
          return context.muster.tasks.counts(of, parse(taskFilter, given(asked)))
        }),
    }),
  }
})

/** The project named, or all that the caller manages. */
async function scopeOf(context: GraphqlContext, field: string, projectId: string | null | undefined) {
  if (projectId != null) return allowOne(context, 'project', field, projectId)
  await allowBy({ scope: 'directory', role: ruleOf(field).role }, context)
  return context.principal
}

builder.mutationFields((t) => ({
  bulkTasks: t.field({
    type: OperationType,
    nullable: true,
    description: 'Changes the priority of all open tasks that match, or cancels them, on the server.',
    args: {
      action: t.arg({ type: BulkAction, required: true }),
      projectId: t.arg.id({ required: true }),
      taskIds: t.arg.idList(),
      stepId: t.arg.string(),
      externalId: t.arg.string(),
      q: t.arg.string(),
      holder: t.arg.id(),
      skill: t.arg.string(),
      waits: t.arg({ type: MainReasonEnum }),
      from: t.arg({ type: 'DateTime', description: 'Created then or later.' }),
      to: t.arg({ type: 'DateTime', description: 'Created before.' }),
      flagged: t.arg.boolean(),
      expect: t.arg.int({ required: true, description: 'How many the caller expects to match.' }),
      priority: t.arg.int({ description: 'With the action PRIORITY.' }),
    },
    resolve: async (_root, { action, projectId, expect, priority, ...filter }, context) => {
      const id = await allowOne(context, 'project', 'Mutation.bulkTasks', projectId)
      const options = priority == null ? {} : { priority }
      const request = { action, filter: { ...given(filter), projectId: id }, expect, ...options }
      return context.muster.tasks.bulk(parse(taskBulk, request), context.principal)
    },
  }),
}))
