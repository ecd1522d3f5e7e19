import type { Definition, JobError, JobState, Run, RunConfig, RunPriority, RunStatus } from '@muster/core'
import type { RunProgress } from '@muster/core/calls'
import type { RunEscalation } from '@muster/core/escalation'
import type { JobWithResult, RunsWhere, Tally } from '@muster/core/ports'
import { progressOf } from '@muster/core/rules'
import type {
  LinkEnd,
  LinkMapping,
  LinkRefusal,
  LinkState,
  LinkWhen,
  Matrix,
  MatrixCell,
  MatrixPeople,
  MatrixPlaces,
  MatrixRow,
  ModelDurations,
  NewLinkedRun,
  RunAfter,
  RunFlow,
  RunLink,
  RunRate,
  RunRates,
  RunWaitsFor,
  RunWaitsForView,
} from '@muster/core/runs'
import { runWaitsView } from '@muster/core/runs'
import { atLeast } from '../access/authority.ts'
import { operatedBy } from '../access/authorization.ts'
import { builder, enumOf, type Types } from './builder.ts'
import { type Connection, connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allow, allowOne, type GraphqlContext, orNull, readAnew } from './context.ts'
import { has, nodeId } from './ids.ts'
import { given } from './input.ts'
import { RunUsageType } from './usage.ts'
import { TaskStatusEnum } from './work.ts'

const RunStatusEnum = enumOf<RunStatus>('RunStatus', [
  'pending',
  'running',
  'paused',
  'completed',
  'cancelled',
])
const RunPriorityEnum = enumOf<RunPriority>('RunPriority', ['low', 'normal', 'high'])
export const JobStateEnum = enumOf<JobState>('JobState', [
  'pending',
  'active',
  'completed',
  'failed',
  'cancelled',
])

const FailedParentType = builder.objectRef<NonNullable<JobError['details']>>('FailedParent').implement({
  description: 'The job that did not complete.',
  fields: (t) => ({ jobId: t.exposeID('jobId'), type: t.exposeString('type') }),
})

export const JobErrorType = builder.objectRef<JobError>('JobError').implement({
  description: 'Why a job did not succeed. `code` is stable.',
  fields: (t) => ({
    code: t.exposeString('code'),
    message: t.exposeString('message'),
    retryable: t.exposeBoolean('retryable'),
    details: t.field({
      type: FailedParentType,
      nullable: true,
      description: 'Of `parent_failed`.',
      resolve: ({ details }) => details ?? null,
    }),
  }),
})

const DefinitionRef = builder.objectRef<Definition>('Definition')
builder.node(DefinitionRef, {
  description: 'A versioned evaluation: its scenarios, and the job type that probes one. It never changes.',
  id: { resolve: ({ definitionId }) => definitionId },
  isTypeOf: (thing) => has(thing, 'scenarioCount'),
  loadOne: (id, context) => orNull(() => definitionOf(context, id)),
  fields: (t) => ({
    definitionId: t.exposeID('definitionId'),
    projectId: t.exposeID('projectId'),
    name: t.exposeString('name'),
    version: t.exposeInt('version'),
    jobType: t.exposeString('jobType'),
    scenarioCount: t.exposeInt('scenarioCount'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

const RunConfigType = builder.objectRef<RunConfig>('RunConfig').implement({
  description: 'What a run was started with.',
  fields: (t) => ({
    models: t.exposeStringList('models'),
    repeats: t.exposeInt('repeats', { description: 'How often each model does each scenario.' }),
    samplePercentage: t.exposeFloat('samplePercentage'),
    sampleSeed: t.exposeFloat('sampleSeed', { description: 'An integer from 0 to 2⁵³−1.' }),
    experimentId: t.exposeString('experimentId', { nullable: true }),
    maxJobsPerSecond: t.exposeFloat('maxJobsPerSecond', { nullable: true }),
    definitionSnapshot: t.expose('definitionSnapshot', { type: DefinitionRef }),
  }),
})

const ModelProgress = builder.objectRef<{ readonly model: string } & Tally>('ModelProgress').implement({
  fields: (t) => ({
    model: t.exposeString('model'),
    total: t.exposeInt('total'),
    completed: t.exposeInt('completed'),
    failed: t.exposeInt('failed'),
    cancelled: t.exposeInt('cancelled'),
  }),
})

export const RunProgressType = builder.objectRef<RunProgress>('RunProgress').implement({
  description: 'How far a run is: exact at every moment.',
  fields: (t) => ({
    runId: t.exposeID('runId'),
    status: t.expose('status', { type: RunStatusEnum }),
    total: t.exposeInt('total'),
    completed: t.exposeInt('completed'),
    failed: t.exposeInt('failed'),
    cancelled: t.exposeInt('cancelled'),
    percentComplete: t.exposeFloat('percentComplete', { description: '100 · settled / total' }),
    byModel: t.field({
      type: [ModelProgress],
      resolve: ({ byModel }) => Object.entries(byModel).map(([model, tally]) => ({ model, ...tally })),
    }),
    ratePerSecond: t.exposeFloat('ratePerSecond'),
    etaSeconds: t.exposeFloat('etaSeconds', { nullable: true, description: 'Null while nothing moves.' }),
  }),
})

const ModelDurationsType = builder.objectRef<ModelDurations>('ModelDurations').implement({
  fields: (t) => ({
    model: t.exposeString('model'),
    jobs: t.exposeInt('jobs'),
    p50Seconds: t.float({ resolve: ({ p50 }) => p50 / 1_000 }),
    p95Seconds: t.float({ resolve: ({ p95 }) => p95 / 1_000 }),
  }),
})

const RunRateType = builder.objectRef<RunRate>('RunRate').implement({
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The beginning of the step.' }),
    settled: t.exposeInt('settled', { description: 'Completed or failed.' }),
    failed: t.exposeInt('failed'),
  }),
})

const RunRatesType = builder.objectRef<RunRates>('RunRates').implement({
  description: 'How fast jobs of a run settled. A step in which none did is left out.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime' }),
    to: t.expose('to', { type: 'DateTime' }),
    step: t.exposeInt('step', { description: 'In seconds.' }),
    jobs: t.field({ type: [RunRateType], resolve: ({ jobs }) => [...jobs] }),
  }),
})

const JobResult = builder.objectRef<JobWithResult>('JobResult').implement({
  description: 'A job of a run, with its result or error.',
  fields: (t) => ({
    id: t.id({ resolve: ({ jobId }) => nodeId('JobResult', jobId) }),
    jobId: t.exposeID('jobId'),
    runId: t.exposeID('runId', { nullable: true }),
    type: t.exposeString('type'),
    model: t.exposeString('model', { nullable: true }),
    scenarioId: t.exposeString('scenarioId', { nullable: true }),
    repeat: t.exposeInt('repeat', { nullable: true, description: 'Of its run’s repeats, from 1.' }),
    state: t.expose('state', { type: JobStateEnum }),
    priority: t.exposeInt('priority'),
    attempt: t.exposeInt('attempt'),
    maxAttempts: t.exposeInt('maxAttempts'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    result: t.expose('result', { type: 'JSON', nullable: true }),
    error: t.expose('error', { type: JobErrorType, nullable: true }),
  }),
})

const EscalatedTasks = builder.objectRef<RunEscalation['tasks']>('EscalatedTasks').implement({
  description: 'The tasks that scenarios of a run have become.',
  fields: (t) => ({
    open: t.exposeInt('open'),
    completed: t.exposeInt('completed'),
    cancelled: t.exposeInt('cancelled'),
  }),
})

const EscalationReasons = builder.objectRef<RunEscalation['byReason']>('EscalationReasons').implement({
  description: 'Why scenarios went to people; one may have several reasons.',
  fields: (t) => ({
    disagreement: t.exposeInt('disagreement'),
    failure: t.exposeInt('failure'),
    score: t.exposeInt('score'),
    sample: t.exposeInt('sample'),
    manual: t.exposeInt('manual'),
  }),
})

const RunEscalationType = builder.objectRef<RunEscalation>('RunEscalation').implement({
  description: 'Which scenarios of a run go to people: exact at every moment.',
  fields: (t) => ({
    scenarios: t.exposeInt('scenarios'),
    waiting: t.exposeInt('waiting', { description: 'Their models have not all settled.' }),
    ready: t.exposeInt('ready', { description: 'They are decided next.' }),
    escalated: t.exposeInt('escalated', { description: 'They have a task.' }),
    kept: t.exposeInt('kept', { description: 'No condition held.' }),
    overLimit: t.exposeInt('overLimit', { description: 'One did, but the limit was reached.' }),
    refused: t.exposeInt('refused', { description: 'Their task could not be made.' }),
    notDecided: t.exposeInt('notDecided', { description: 'A job of theirs was cancelled.' }),
    tasks: t.expose('tasks', { type: EscalatedTasks }),
    byReason: t.expose('byReason', { type: EscalationReasons }),
  }),
})

type ShownCell = MatrixCell & { readonly model: string; readonly repeat: number }

const MatrixCellType = builder.objectRef<ShownCell>('MatrixCell').implement({
  description: 'What one model made of a scenario.',
  fields: (t) => ({
    model: t.exposeString('model'),
    repeat: t.exposeInt('repeat', { description: 'From 1.' }),
    jobId: t.exposeID('jobId'),
    state: t.expose('state', { type: JobStateEnum }),
    label: t.exposeString('label', { nullable: true, description: 'Cut after 200 characters.' }),
    score: t.exposeFloat('score', { nullable: true }),
  }),
})

const MatrixPeopleType = builder.objectRef<MatrixPeople>('MatrixPeople').implement({
  description: 'What people made of a scenario.',
  fields: (t) => ({
    status: t.expose('status', { type: TaskStatusEnum }),
    label: t.exposeString('label', {
      nullable: true,
      description: 'Of their outcome; cut after 200 characters.',
    }),
    answers: t.exposeInt('answers', { description: 'How many have answered, before any review.' }),
  }),
})

const MatrixRowType = builder
  .objectRef<MatrixRow & Pick<Matrix, 'models' | 'repeats'>>('MatrixRow')
  .implement({
    description: 'One scenario of a run with what its models made of it.',
    fields: (t) => ({
      place: t.exposeInt('place', { description: 'In the definition, from 1.' }),
      scenarioId: t.exposeString('scenarioId'),
      preview: t.exposeString('preview'),
      cells: t.field({
        type: [MatrixCellType],
        description: 'By the run’s models, then the repeat.',
        resolve: ({ cells, models, repeats }) =>
          cells.map((cell, index) => ({
            ...cell,
            model: models[Math.floor(index / repeats)] ?? '',
            repeat: (index % repeats) + 1,
          })),
      }),
      taskId: t.exposeID('taskId', { nullable: true, description: 'The task that it became.' }),
      people: t.expose('people', { type: MatrixPeopleType, nullable: true }),
    }),
  })

const MatrixType = builder.objectRef<Matrix>('Matrix').implement({
  description: 'Scenarios of a run × its models.',
  fields: (t) => ({
    labelAt: t.exposeString('labelAt'),
    scoreAt: t.exposeString('scoreAt'),
    models: t.stringList({ resolve: ({ models }) => [...models] }),
    repeats: t.exposeInt('repeats', { description: 'A row has so many cells for each model.' }),
    total: t.exposeInt('total', { description: 'How many scenarios the run has.' }),
    rows: t.field({
      type: [MatrixRowType],
      resolve: ({ rows, models, repeats }) => rows.map((row) => ({ ...row, models, repeats })),
    }),
  }),
})

const MatrixPlacesType = builder.objectRef<MatrixPlaces>('MatrixPlaces').implement({
  description: 'Which scenarios of a run match.',
  fields: (t) => ({
    count: t.exposeInt('count'),
    total: t.exposeInt('total'),
    bitmap: t.string({
      description: 'Base64: a bit for each place of the definition, the first the lowest of the first byte.',
      resolve: ({ bitmap }) => Buffer.from(bitmap).toString('base64'),
    }),
  }),
})

/** A row costs as a node of a page does. */
const costOfRows = ({
  limit,
  places,
}: {
  readonly limit?: number | null | undefined
  readonly places?: readonly number[] | null | undefined
}): { field: number; multiplier: number } => costOfPage({ first: places?.length ?? limit })

const RECENT_JOBS = 20

const RunRef = builder.objectRef<Run>('Run')
const LinkWhenEnum = enumOf<LinkWhen>('LinkWhen', ['completed', 'ended', 'peopleDone'])
const RunLinkType = builder.objectRef<RunLink>('RunLink').implement({
  description: 'How a run starts after another. Until it is `MADE` the run has no jobs.',
  fields: (t) => ({
    parentId: t.exposeID('parentId', { description: 'The run that it starts after.' }),
    when: t.expose('when', { type: LinkWhenEnum }),
    state: t.expose('state', {
      type: enumOf<LinkState>('LinkState', ['waiting', 'making', 'made', 'ended']),
    }),
    made: t.exposeInt('made', { description: 'Scenarios so far.' }),
    refused: t.exposeInt('refused', { description: 'Scenarios that were not made, for a reason.' }),
    reason: t.expose('reason', {
      type: enumOf<LinkEnd>('LinkEnd', ['nothingToDo', 'parentCancelled', 'refused', 'cancelled']),
      nullable: true,
      description: 'Why it got no jobs.',
    }),
    stale: t.exposeBoolean('stale', {
      description: 'The run before has gone on since its results were read.',
    }),
  }),
})
const RunWaitsForType = builder.objectRef<RunWaitsFor | RunWaitsForView>('RunWaitsFor').implement({
  description: 'Why none of a run’s jobs begins.',
  fields: (t) => ({
    kind: t.exposeString('kind'),
    key: t.exposeString('key', { nullable: true, description: 'The key or budget; managers’ alone.' }),
    runId: t.id({ nullable: true, resolve: (wait) => ('runId' in wait ? wait.runId : null) }),
    used: t.float({ nullable: true, resolve: (wait) => ('used' in wait ? wait.used : null) }),
    of: t.float({ nullable: true, resolve: (wait) => ('of' in wait ? wait.of : null) }),
    opensAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: (wait) => ('opensAt' in wait ? wait.opensAt : null),
    }),
  }),
})
const LinkRefusalType = builder.objectRef<LinkRefusal>('LinkRefusal').implement({
  fields: (t) => ({
    path: t.exposeString('path'),
    message: t.exposeString('message'),
    count: t.exposeInt('count'),
    scenarioId: t.exposeString('scenarioId', { description: 'The first of them.' }),
  }),
})

builder.node(RunRef, {
  description: 'One execution of a definition: sampled scenarios × models, as jobs.',
  id: { resolve: ({ runId }) => runId },
  isTypeOf: (thing) => has(thing, 'tallies'),
  loadOne: (id, context) => orNull(() => runOf(context, 'Query.run', id)),
  fields: (t) => ({
    runId: t.exposeID('runId'),
    projectId: t.exposeID('projectId'),
    definitionId: t.exposeID('definitionId'),
    status: t.expose('status', { type: RunStatusEnum }),
    priority: t.expose('priority', { type: RunPriorityEnum }),
    config: t.expose('config', { type: RunConfigType }),
    progress: t.field({ type: RunProgressType, resolve: progressOf }),
    escalation: t.expose('escalation', {
      type: RunEscalationType,
      nullable: true,
      description: 'Null for a run without a policy.',
    }),
    link: t.expose('link', {
      type: RunLinkType,
      nullable: true,
      description: 'How it starts after another run; null for one that does not.',
    }),
    waitsFor: t.field({
      type: [RunWaitsForType],
      description:
        'Why none of its jobs begins: the run that it starts after, or the keys and budgets that hold back all jobs that are next in line.',
      complexity: 20,
      resolve: async ({ runId }, _args, { muster, principal }) => {
        const waits = await muster.runs.waitsFor(runId)
        return atLeast(principal.role, 'manager') ? waits : runWaitsView(waits)
      },
    }),
    refusals: t.field({
      type: [LinkRefusalType],
      nullable: true,
      description: 'Why scenarios were not made of the run before, by reason; a manager’s.',
      resolve: async ({ runId, link }, _args, context) => {
        await allow(context, 'Run.refusals', runId)
        return [...(link?.refusals ?? [])]
      },
    }),
    recentJobs: t.field({
      type: [JobResult],
      nullable: true,
      description: 'What settled last, the latest first; a manager’s.',
      args: { limit: t.arg.int({ defaultValue: RECENT_JOBS }) },
      complexity: ({ limit }) => {
        // Less than nothing takes nothing off what else is asked for.
        const jobs = Math.max(1, limit ?? RECENT_JOBS)
        return { field: jobs, multiplier: jobs }
      },
      resolve: async ({ runId }, { limit }, context) => {
        await allow(context, 'Run.recentJobs', runId)
        return [...(await context.loaders.recentJobs(limit ?? RECENT_JOBS).load(runId))]
      },
    }),
    usage: t.field({
      type: RunUsageType,
      nullable: true,
      description: 'What its jobs used; a manager’s.',
      complexity: 5,
      resolve: async ({ runId }, _args, context) => {
        await allow(context, 'Run.usage', runId)
        return context.muster.usage.ofRun(runId)
      },
    }),
    matrix: t.field({
      type: MatrixType,
      nullable: true,
      description: 'Its scenarios with what each model made of them, by place; a manager’s.',
      args: {
        from: t.arg.int({ description: 'The least place.' }),
        limit: t.arg.int({ description: '1 to 200, default 50.' }),
        places: t.arg.intList({ description: 'These places instead, at most 200.' }),
        labelAt: t.arg.string({ description: 'A JSON Pointer into results.' }),
      },
      complexity: costOfRows,
      resolve: async ({ runId }, args, context) => {
        await allow(context, 'Run.matrix', runId)
        return context.muster.matrices.read(runId, given(args))
      },
    }),
    matrixPlaces: t.field({
      type: MatrixPlacesType,
      nullable: true,
      description:
        'Which of its scenarios match: words as split, failed, text~words, model=label, model!=label, model!=model; a manager’s.',
      args: { where: t.arg.string(), labelAt: t.arg.string() },
      complexity: 50,
      resolve: async ({ runId }, args, context) => {
        await allow(context, 'Run.matrixPlaces', runId)
        return context.muster.matrices.places(runId, given(args))
      },
    }),
    rates: t.field({
      type: RunRatesType,
      description:
        'How fast its jobs settle, as they stand now: one that failed and is tried again is not counted any more.',
      args: {
        from: t.arg({ type: 'DateTime', description: 'An hour before `to` unless said.' }),
        to: t.arg({ type: 'DateTime', description: 'Now unless said.' }),
        step: t.arg.int({ description: 'In seconds, a multiple of 10 up to 86 400; 10 unless said.' }),
      },
      complexity: 50,
      resolve: ({ runId }, args, context) => context.muster.runs.rates(runId, given(args)),
    }),
    durations: t.field({
      type: [ModelDurationsType],
      description:
        'How long jobs took, of the last 1 000 that completed or failed; without models of which none did.',
      complexity: 20,
      resolve: ({ runId }, _args, context) => context.muster.runs.durations(runId),
    }),
    version: t.exposeInt('version'),
    startedBy: t.exposeID('startedBy', { nullable: true, description: 'Null if the host did.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
  }),
})
const RunConnection = builder.connectionObject({ type: RunRef, name: 'RunConnection' }, { name: 'RunEdge' })

const RunFlowLinkType = builder.objectRef<RunFlow['links'][number]>('RunFlowLink').implement({
  fields: (t) => ({ parentId: t.exposeID('parentId'), runId: t.exposeID('runId') }),
})
const RunFlowType = builder.objectRef<RunFlow>('RunFlow').implement({
  description: 'The runs that one starts after and that start after it, and so on.',
  fields: (t) => ({
    runs: t.field({
      type: [RunRef],
      description: 'Those before it first, then it, then those behind it by how far.',
      complexity: 50,
      resolve: ({ runs }) => [...runs],
    }),
    links: t.field({ type: [RunFlowLinkType], resolve: ({ links }) => [...links] }),
    complete: t.exposeBoolean('complete', { description: 'false: there are more than 1 000.' }),
  }),
})

const LinkMappingInput = builder.inputType('LinkMappingInput', {
  description: 'How scenarios come from the run before.',
  fields: (t) => ({
    per: t.field({
      type: enumOf<LinkMapping['per']>('LinkPer', ['scenario', 'result']),
      required: true,
    }),
    where: t.field({
      type: builder.inputType('LinkWhereInput', {
        fields: (field) => ({
          state: field.field({ type: [JobStateEnum], description: 'Those that jobs end in.' }),
          model: field.stringList(),
          escalated: field.boolean(),
        }),
      }),
    }),
    scenarioId: t.field({ type: 'JSON' }),
    payload: t.field({
      type: 'JSON',
      required: true,
      description: 'With `{ "$": "/pointer" }` in it: see the guide.',
    }),
    revealModels: t.boolean(),
  }),
})

type InputFields = PothosSchemaTypes.InputFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<Types>,
  'InputObject'
>

/** How a run is done, whatever it is of. */
const settingFields = (t: InputFields) => ({
  models: t.stringList({ required: true, description: '1 to 100, none twice.' }),
  repeats: t.int({ description: 'How often each model does each scenario: 1 to 100; default 1.' }),
  samplePercentage: t.float({ description: 'Greater than 0, at most 100; default 100.' }),
  sampleSeed: t.float({ description: 'An integer from 0 to 2⁵³−1; default 0.' }),
  priority: t.field({ type: RunPriorityEnum, description: 'Default NORMAL.' }),
  experimentId: t.string(),
  maxJobsPerSecond: t.float({ description: 'Paces the run.' }),
  budgetMicros: t.float({
    description:
      'What it may cost, in millionths of the currency unit, 1 to 10¹⁵: makes a hard budget of the run.',
  }),
})

const StartRunInput = builder.inputType('StartRunInput', {
  fields: (t) => ({ definitionId: t.id({ required: true }), ...settingFields(t) }),
})

const StartRunAfterInput = builder.inputType('StartRunAfterInput', {
  fields: (t) => ({
    runId: t.id({ required: true, description: 'The run that it starts after.' }),
    when: t.field({ type: LinkWhenEnum, required: true }),
    from: t.field({
      type: LinkMappingInput,
      description: 'Default: the scenarios of that run, as they are.',
    }),
    jobType: t.string({ description: 'Default: that run’s.' }),
    ...settingFields(t),
  }),
})

builder.queryFields((t) => ({
  run: t.field({
    type: RunRef,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => orNull(() => runOf(context, 'Query.run', id)),
  }),
  runs: t.field({
    type: RunConnection,
    nullable: true,
    description: 'Newest first; without a project of all of the caller’s, an admin’s of all that there are.',
    args: {
      projectId: t.arg.id(),
      status: t.arg({ type: [RunStatusEnum] }),
      definitionId: t.arg.id(),
      model: t.arg.string(),
      from: t.arg({ type: 'DateTime', description: 'Created then or later.' }),
      to: t.arg({ type: 'DateTime', description: 'Created before.' }),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: (_root, { projectId, first, after, ...where }, context) =>
      orNull<Connection<Run>>(async () => {
        const ofOne = projectId ? await allowOne(context, 'project', 'Query.runs', projectId) : undefined
        const forward = { first, after }
        const page = await context.muster.runs.find({
          ...(given(where) as RunsWhere),
          ...pageRequest(forward),
          projectId: ofOne ?? operatedBy(context.principal) ?? undefined,
        })
        for (const run of page.items) context.loaders.run.prime(run.runId, run)
        return connectionOf(page, forward)
      }),
  }),
  runFlow: t.field({
    type: RunFlowType,
    nullable: true,
    description: 'The runs that it starts after and that start after it, and so on.',
    args: { id: t.arg.id({ required: true }) },
    complexity: 50,
    resolve: (_root, { id }, context) =>
      orNull(async () => context.muster.runs.flow(await allowOne(context, 'run', 'Query.runFlow', id))),
  }),
  definition: t.field({
    type: DefinitionRef,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => orNull(() => definitionOf(context, id)),
  }),
}))

const MOVES = {
  pauseRun: 'pause',
  resumeRun: 'resume',
  cancelRun: 'cancel',
} as const

builder.mutationFields((t) => {
  const move = (field: keyof typeof MOVES, description: string) =>
    t.field({
      type: RunRef,
      nullable: true,
      description,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, context) => {
        readAnew(context)
        const runId = await allowOne(context, 'run', `Mutation.${field}`, id)
        return context.muster.runs[MOVES[field]](runId)
      },
    })
  return {
    startRun: t.field({
      type: RunRef,
      nullable: true,
      description: 'Samples, and makes the run with all of its jobs, or nothing.',
      args: { input: t.arg({ type: StartRunInput, required: true }) },
      resolve: async (_root, { input }, context) => {
        const { muster, principal } = context
        const definition = await definitionOf(context, input.definitionId, 'Mutation.startRun')
        return muster.runs.start(
          definition.projectId,
          given({ ...input, definitionId: definition.definitionId }),
          { createdBy: principal.userId },
        )
      },
    }),
    startRunAfter: t.field({
      type: RunRef,
      nullable: true,
      description:
        'Makes a run that gets its scenarios and its jobs once another run of the project is so far.',
      args: { input: t.arg({ type: StartRunAfterInput, required: true }) },
      resolve: async (_root, { input }, context) => {
        const { runId: id, when, from, ...settings } = input
        const runId = await allowOne(context, 'run', 'Mutation.startRunAfter', id)
        const { projectId } = await context.loaders.run.load(runId)
        const mapping = from && given({ ...from, where: from.where && given(from.where) })
        const after = given({ runId, when, from: mapping }) as RunAfter
        const request = { ...given(settings), after } as NewLinkedRun
        return context.muster.runs.start(projectId, request, { createdBy: context.principal.userId })
      },
    }),
    refreshRun: t.field({
      type: RunRef,
      nullable: true,
      description: 'Starts it again, of the results that the run before has now.',
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, context) => {
        readAnew(context)
        const runId = await allowOne(context, 'run', 'Mutation.refreshRun', id)
        return context.muster.runs.refresh(runId, { createdBy: context.principal.userId })
      },
    }),
    changeRun: t.field({
      type: RunRef,
      nullable: true,
      description: 'Sets its pace or its priority; what is left out stays.',
      args: {
        id: t.arg.id({ required: true }),
        priority: t.arg({ type: RunPriorityEnum }),
        maxJobsPerSecond: t.arg.float({ description: 'Null: as fast as it goes.' }),
      },
      resolve: async (_root, { id, priority, ...pace }, context) => {
        readAnew(context)
        const runId = await allowOne(context, 'run', 'Mutation.changeRun', id)
        return context.muster.runs.change(runId, { priority: priority ?? undefined, ...pace })
      },
    }),
    pauseRun: move('pauseRun', 'Starts no more of its jobs.'),
    resumeRun: move('resumeRun', 'Goes on.'),
    cancelRun: move('cancelRun', 'Gives it up: what is not started is cancelled.'),
  }
})

async function runOf(context: GraphqlContext, field: string, id: string): Promise<Run> {
  return context.loaders.run.load(await allowOne(context, 'run', field, id))
}

async function definitionOf(
  context: GraphqlContext,
  id: string,
  field = 'Query.definition',
): Promise<Definition> {
  return context.muster.definitions.get(await allowOne(context, 'definition', field, id))
}
