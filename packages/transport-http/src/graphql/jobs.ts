import { NotFoundError, type ProjectId } from '@muster/core'
import type { FlowLevel, FlowNode, JobFlow } from '@muster/core/making'
import {
  causesQuery,
  JOB_ACTIONS,
  type JobAttempt,
  type JobCause,
  type JobDetail,
  type JobPage,
  jobsBulk,
  jobsQuery,
  type WaitsFor,
} from '@muster/core/operating'
import { parse } from '@muster/core/schemas'
import { operatedBy, requireProject } from '../access/authorization.ts'
import { builder, enumOf } from './builder.ts'
import { allow, allowOne, orNull } from './context.ts'
import { uuidOf } from './ids.ts'
import { given } from './input.ts'
import { OperationType } from './operations.ts'
import { QueueItemRef } from './queue.ts'
import { JobErrorType, JobStateEnum } from './runs.ts'

const JobActionEnum = enumOf('JobAction', JOB_ACTIONS)

const JobAttemptType = builder.objectRef<JobAttempt>('JobAttempt').implement({
  fields: (t) => ({
    attempt: t.exposeInt('attempt'),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
    workerId: t.exposeID('workerId', { nullable: true }),
    outcome: t.exposeString('outcome', { nullable: true, description: 'null: it goes on.' }),
    error: t.expose('error', { type: JobErrorType, nullable: true }),
  }),
})

const JobCauseType = builder.objectRef<JobCause>('JobCause').implement({
  description: 'Failures of a project and type that are alike.',
  fields: (t) => ({
    causeId: t.exposeInt('causeId'),
    projectId: t.exposeID('projectId'),
    type: t.exposeString('type'),
    code: t.exposeString('code'),
    pattern: t.exposeString('pattern'),
    sample: t.exposeString('sample', { description: 'The message of the first of them.' }),
    failed: t.exposeInt('failed', { description: 'Jobs that are failed now.' }),
    lastHour: t.intList({
      description: 'Six times ten minutes, the oldest first.',
      resolve: ({ lastHour }) => [...lastHour],
    }),
    firstAt: t.expose('firstAt', { type: 'DateTime' }),
    lastAt: t.expose('lastAt', { type: 'DateTime' }),
  }),
})

const WaitsForType = builder.objectRef<WaitsFor>('WaitsFor').implement({
  description: 'Why a pending job does not begin.',
  fields: (t) => ({
    kind: t.exposeString('kind'),
    by: t.string({ nullable: true, resolve: (reason) => ('by' in reason ? reason.by : null) }),
    opensAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: (reason) => ('opensAt' in reason ? reason.opensAt : null),
    }),
    key: t.string({
      nullable: true,
      description: 'The key that has no room.',
      resolve: (reason) => ('key' in reason ? reason.key : null),
    }),
    used: t.float({
      nullable: true,
      description: 'Of `parents`: so many have not ended, of `of`.',
      resolve: (reason) => ('used' in reason ? reason.used : null),
    }),
    of: t.float({ nullable: true, resolve: (reason) => ('of' in reason ? reason.of : null) }),
    runId: t.id({
      nullable: true,
      description: 'Of `run`: the run that it waits for.',
      resolve: (reason) => ('runId' in reason ? reason.runId : null),
    }),
    when: t.string({
      nullable: true,
      description: 'Of `run`: until it has `completed`, has `ended`, or has `peopleDone`.',
      resolve: (reason) => ('when' in reason ? reason.when : null),
    }),
    ahead: t.int({
      nullable: true,
      description: 'Pending jobs with the same keys before it, counted to 1 000.',
      resolve: (reason) => ('ahead' in reason ? reason.ahead : null),
    }),
    aheadMore: t.boolean({
      nullable: true,
      resolve: (reason) => ('aheadMore' in reason ? reason.aheadMore : null),
    }),
    asks: t.stringList({
      nullable: true,
      description: 'The open questions of a job that sleeps.',
      resolve: (reason) => ('asks' in reason ? [...reason.asks] : null),
    }),
    before: t.int({ nullable: true, resolve: (reason) => ('before' in reason ? reason.before : null) }),
    beforeInAll: t.int({
      nullable: true,
      resolve: (reason) => ('beforeInAll' in reason ? reason.beforeInAll : null),
    }),
  }),
})

const JobAskType = builder.objectRef<JobDetail['asks'][number]>('JobAsk').implement({
  description: 'A question that a job puts to people.',
  fields: (t) => ({
    name: t.exposeString('name'),
    taskId: t.exposeID('taskId'),
    state: t.exposeString('state', {
      description: 'open, answered, defaulted (the time was up), timedOut or cancelled.',
    }),
    answer: t.field({ type: 'JSON', nullable: true, resolve: ({ answer }) => answer }),
    by: t.idList({ description: 'Whose submissions made it.', resolve: ({ by }) => [...by] }),
    askedAt: t.expose('askedAt', { type: 'DateTime' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
    timeoutAt: t.expose('timeoutAt', { type: 'DateTime', nullable: true }),
    stale: t.exposeBoolean('stale', {
      description: 'The task came to another outcome after the job had this answer.',
    }),
  }),
})

const JobDetailType = builder.objectRef<JobDetail>('JobDetail').implement({
  description: 'A job with all that is known of it.',
  fields: (t) => ({
    item: t.field({ type: QueueItemRef, resolve: (job) => job }),
    model: t.exposeString('model', { nullable: true }),
    scenarioId: t.exposeString('scenarioId', { nullable: true }),
    repeat: t.exposeInt('repeat', { nullable: true, description: 'Of its run’s repeats, from 1.' }),
    maxAttempts: t.exposeInt('maxAttempts'),
    attempts: t.field({ type: [JobAttemptType], resolve: ({ attempts }) => [...attempts] }),
    causeId: t.int({ nullable: true, resolve: ({ cause }) => cause?.causeId }),
    scheduleId: t.id({
      nullable: true,
      description: 'Of the schedule whose tick started it.',
      resolve: ({ tick }) => tick?.scheduleId,
    }),
    plannedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ tick }) => tick?.plannedAt }),
    asks: t.field({ type: [JobAskType], resolve: ({ asks }) => [...asks] }),
    waitsFor: t.field({ type: [WaitsForType], resolve: ({ waitsFor }) => [...waitsFor] }),
  }),
})

const FlowNodeType = builder.objectRef<FlowNode>('FlowNode').implement({
  fields: (t) => ({
    jobId: t.exposeID('jobId'),
    type: t.exposeString('type'),
    state: t.expose('state', { type: JobStateEnum }),
  }),
})

const FlowCountType = builder.objectRef<FlowLevel['counts'][number]>('FlowCount').implement({
  fields: (t) => ({
    type: t.exposeString('type'),
    state: t.expose('state', { type: JobStateEnum }),
    count: t.exposeInt('count'),
  }),
})

const FlowLevelType = builder.objectRef<FlowLevel>('FlowLevel').implement({
  description: 'Jobs that are as many steps away from the one that was asked about.',
  fields: (t) => ({
    level: t.exposeInt('level', {
      description: 'Below 0 are those that it waits for, above 0 those that wait for it.',
    }),
    nodes: t.field({
      type: [FlowNodeType],
      description: 'Of all levels together the nearest 1 000.',
      resolve: ({ nodes }) => [...nodes],
    }),
    counts: t.field({ type: [FlowCountType], resolve: ({ counts }) => [...counts] }),
  }),
})

const FlowLinkType = builder.objectRef<JobFlow['links'][number]>('FlowLink').implement({
  fields: (t) => ({ parentId: t.exposeID('parentId'), childId: t.exposeID('childId') }),
})

const JobFlowType = builder.objectRef<JobFlow>('JobFlow').implement({
  description: 'The jobs that one waits for and that wait for it, and so on.',
  fields: (t) => ({
    jobId: t.exposeID('jobId'),
    levels: t.field({ type: [FlowLevelType], resolve: ({ levels }) => [...levels] }),
    links: t.field({
      type: [FlowLinkType],
      description: 'Between the nodes, at most 10 000.',
      resolve: ({ links }) => [...links],
    }),
    complete: t.exposeBoolean('complete', {
      description: 'false: the flow is too large to be read as a whole.',
    }),
  }),
})

const JobPageType = builder.objectRef<JobPage>('JobPage').implement({
  fields: (t) => ({
    items: t.field({ type: [QueueItemRef], resolve: ({ items }) => [...items] }),
    nextCursor: t.exposeString('nextCursor', { nullable: true }),
    searched: t.exposeInt('searched', { description: 'Jobs that were looked at.' }),
    complete: t.exposeBoolean('complete', { description: 'false: the time for looking was up.' }),
  }),
})

builder.queryFields((t) => ({
  jobs: t.field({
    type: JobPageType,
    nullable: true,
    description: 'Found by id, newest first. Without a project of all that the caller manages.',
    args: {
      projectId: t.arg.id(),
      state: t.arg({ type: [JobStateEnum] }),
      type: t.arg.string(),
      runId: t.arg.id(),
      model: t.arg.string(),
      scenarioId: t.arg.string(),
      error: t.arg.string({ description: 'Words of the message.' }),
      cause: t.arg.int(),
      attempts: t.arg.string({ description: '`2`, or `>2` and the like.' }),
      from: t.arg({ type: 'DateTime' }),
      to: t.arg({ type: 'DateTime' }),
      order: t.arg.string({ description: '`desc` or `asc`.' }),
      limit: t.arg.int({ description: '1 to 200, default 50.' }),
      cursor: t.arg.string(),
    },
    // A search may look at many jobs to find one.
    complexity: ({ limit }) => ({ field: 50, multiplier: limit ?? 50 }),
    resolve: (_root, { projectId, ...query }, context) =>
      orNull(async () => {
        await allow(context, 'Query.jobs')
        const asked = parse(jobsQuery, given(query))
        if (!projectId) return context.muster.jobs.search(operatedBy(context.principal), asked)
        const id = uuidOf('project', projectId) as ProjectId | undefined
        if (id === undefined) throw new NotFoundError('project', projectId)
        await requireProject(context.muster, context.principal, id)
        return context.muster.jobs.search([id], asked)
      }),
  }),
  jobCauses: t.field({
    type: [JobCauseType],
    nullable: true,
    description: 'Why jobs fail, most failed first.',
    args: {
      type: t.arg.string(),
      runId: t.arg.id({ description: 'All of it is then of the run’s jobs that are failed now.' }),
    },
    complexity: 50,
    resolve: async (_root, args, context) => {
      await allow(context, 'Query.jobCauses')
      const where = parse(causesQuery, given(args))
      const causes = await context.muster.jobs.causes(operatedBy(context.principal), where)
      return [...causes]
    },
  }),
  job: t.field({
    type: JobDetailType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      orNull(async () => context.muster.jobs.get(await allowOne(context, 'item', 'Query.job', id))),
  }),
  jobFlow: t.field({
    type: JobFlowType,
    nullable: true,
    description: 'All that a job waits for, and that waits for it.',
    args: { id: t.arg.id({ required: true }) },
    // It reads up to some thousand links.
    complexity: 50,
    resolve: (_root, { id }, context) =>
      orNull(async () => context.muster.jobs.flow(await allowOne(context, 'item', 'Query.jobFlow', id))),
  }),
}))

builder.mutationFields((t) => ({
  moveJobs: t.field({
    type: OperationType,
    nullable: true,
    description:
      'Moves all jobs that match, as an operation. Without a project it is about all that the caller manages.',
    args: {
      action: t.arg({ type: JobActionEnum, required: true }),
      filter: t.arg({ type: 'JSON', required: true, description: 'As of `POST /jobs/bulk`.' }),
      expect: t.arg.int({ required: true, description: 'How many the caller has seen.' }),
      priority: t.arg.int(),
    },
    resolve: async (_root, args, context) => {
      await allow(context, 'Mutation.moveJobs')
      const bulk = parse(jobsBulk, given(args))
      const { muster, principal } = context
      const { projectId } = bulk.filter
      if (projectId !== undefined) await requireProject(muster, principal, projectId)
      return muster.jobs.move(operatedBy(principal), bulk, principal.userId)
    },
  }),
}))
