import { NotFoundError, type ProjectId, type QueueItem } from '@muster/core'
import type {
  AddedItem,
  AddedItems,
  JobCounts,
  NewQueueItem,
  QueueStatus,
  SystemQueueStatus,
} from '@muster/core/calls'
import type { AddedQueueItem } from '@muster/core/making'
import type { JobWithResult, StepProgress } from '@muster/core/ports'
import { manyQueueItems, newQueueItem, parse, queuePriority } from '@muster/core/schemas'
import { atLeast } from '../access/authority.ts'
import { builder } from './builder.ts'
import { type Connection, connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allowOne, allowSystem, type GraphqlContext, orNull } from './context.ts'
import { has } from './ids.ts'
import { given } from './input.ts'
import { JobErrorType, JobStateEnum } from './runs.ts'
import { JobUsageType } from './usage.ts'

const JobStep = builder.objectRef<StepProgress>('JobStep').implement({
  description: 'How far the handler says it is.',
  fields: (t) => ({
    name: t.exposeString('name'),
    index: t.exposeInt('index', { description: 'From 1 to `total`.' }),
    total: t.exposeInt('total'),
  }),
})

/** An item; payload and result are there where it was read by itself. */
type ItemShape = QueueItem &
  Partial<Pick<JobWithResult, 'payload' | 'result'> & Pick<AddedQueueItem, 'status' | 'differs'>>

export const QueueItemRef = builder.objectRef<ItemShape>('QueueItem')
builder.node(QueueItemRef, {
  description: 'A job in its project’s queue.',
  id: { resolve: ({ jobId }) => jobId },
  isTypeOf: (thing) => has(thing, 'cancelling'),
  loadOne: (id, context) => orNull(() => itemOf(context, id)),
  fields: (t) => ({
    itemId: t.exposeID('jobId'),
    projectId: t.exposeID('projectId'),
    type: t.exposeString('type'),
    runId: t.exposeID('runId', { nullable: true }),
    state: t.expose('state', { type: JobStateEnum }),
    priority: t.exposeInt('priority'),
    position: t.exposeInt('position', {
      nullable: true,
      description: 'From 1; null unless pending and due.',
    }),
    globalPosition: t.exposeInt('globalPosition', { nullable: true }),
    step: t.expose('step', { type: JobStep, nullable: true }),
    progress: t.exposeFloat('progress', { description: '0 to 100' }),
    attempt: t.exposeInt('attempt'),
    cancelling: t.exposeBoolean('cancelling', { description: 'Told to stop, but not stopped yet.' }),
    asleep: t.exposeBoolean('asleep', {
      description: 'Active, but waiting for people to answer: no worker has it.',
    }),
    createdBy: t.exposeID('createdBy', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    availableAt: t.expose('availableAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    error: t.expose('error', { type: JobErrorType, nullable: true }),
    usage: t.field({
      type: JobUsageType,
      nullable: true,
      description: 'For managers: what its attempts used, or null.',
      resolve: ({ usage }, _args, context) => (seesAll(context) ? usage : null),
    }),
    payload: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Of `queueItem` and `node`, for managers; null elsewhere.',
      resolve: ({ payload }, _args, context) => (seesAll(context) ? payload : null),
    }),
    existing: t.boolean({
      nullable: true,
      description: 'Of `addToQueue`: whether it held the unique key already; null elsewhere.',
      resolve: ({ status }) => (status === undefined ? null : status === 'existing'),
    }),
    differs: t.boolean({
      nullable: true,
      description: 'Of `addToQueue` and an existing one: whether it was added with another payload.',
      resolve: ({ differs }) => differs ?? null,
    }),
    result: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Of `queueItem` and `node`, for managers; null elsewhere.',
      resolve: ({ result }, _args, context) => (seesAll(context) ? result : null),
    }),
  }),
})
const QueueItemConnection = builder.connectionObject(
  { type: QueueItemRef, name: 'QueueItemConnection' },
  { name: 'QueueItemEdge' },
)

const JobCountsType = builder.objectRef<JobCounts>('JobCounts').implement({
  fields: (t) => ({
    pending: t.exposeInt('pending'),
    active: t.exposeInt('active'),
    completed: t.exposeInt('completed'),
    failed: t.exposeInt('failed'),
    cancelled: t.exposeInt('cancelled'),
  }),
})

type TypeStatus = { readonly type: string } & JobCounts

const JobTypeStatus = builder.objectRef<TypeStatus>('JobTypeStatus').implement({
  fields: (t) => ({
    type: t.exposeString('type'),
    pending: t.exposeInt('pending'),
    active: t.exposeInt('active'),
    completed: t.exposeInt('completed'),
    failed: t.exposeInt('failed'),
    cancelled: t.exposeInt('cancelled'),
  }),
})

/** The queue of one project, or all of them together. */
interface StatusShape {
  readonly projectId: ProjectId | null
  readonly paused: boolean
  readonly counts: JobCounts
  readonly byType: readonly TypeStatus[]
  readonly updatedAt: Date
}

const QueueStatusType = builder.objectRef<StatusShape>('QueueStatus').implement({
  description: 'A project’s queue; without `projectId` all queues together, which are an admin’s.',
  fields: (t) => ({
    projectId: t.exposeID('projectId', { nullable: true }),
    paused: t.exposeBoolean('paused'),
    counts: t.expose('counts', { type: JobCountsType }),
    byType: t.field({ type: [JobTypeStatus], resolve: ({ byType }) => [...byType] }),
    items: t.field({
      type: QueueItemConnection,
      nullable: true,
      description: 'In the order of the queue; null for all queues together.',
      args: { first: t.arg.int({ description: '1 to 200, default 50.' }), after: t.arg.string() },
      complexity: costOfPage,
      resolve: async ({ projectId }, forward, { muster }): Promise<Connection<ItemShape> | null> =>
        projectId === null
          ? null
          : connectionOf<ItemShape>(await muster.queue.status(projectId, pageRequest(forward)), forward),
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

builder.queryFields((t) => ({
  queueStatus: t.field({
    type: QueueStatusType,
    nullable: true,
    args: { projectId: t.arg.id() },
    resolve: (_root, { projectId }, context) =>
      orNull(() =>
        queueOf(context, 'Query.queueStatus', projectId, {
          one: (project) => context.muster.queue.status(project, { limit: 1 }),
          all: () => context.muster.system.status(),
        }),
      ),
  }),
  queueItem: t.field({
    type: QueueItemRef,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => orNull(() => itemOf(context, id)),
  }),
}))

const UniqueInput = builder.inputType('UniqueInput', {
  description: 'A key that one job of a project and type holds at a time.',
  fields: (t) => ({
    key: t.string({ required: true }),
    windowSeconds: t.float({ description: 'It holds the key at least so long from its creation.' }),
    states: t.field({ type: [JobStateEnum], description: 'Default pending and active.' }),
    onExisting: t.string({ description: '`keep` (default) or `replace`.' }),
  }),
})

const AfterInput = builder.inputType('AfterInput', {
  description: 'The jobs that one waits for, or in their place a run.',
  fields: (t) => ({
    jobs: t.field({ type: ['ID'], description: 'Up to 10 000 of the same project.' }),
    need: t.string({ description: 'Of `jobs`: `completed` (default) or `ended`.' }),
    runId: t.id({ description: 'A run of the same project.' }),
    when: t.string({ description: 'Of `runId`: `completed`, `ended` or `peopleDone`.' }),
    onFailure: t.string({ description: '`fail` (default), `cancel` or `run`.' }),
  }),
})

const AddedItemType = builder.objectRef<AddedItem>('AddedItem').implement({
  description: 'How one of many items came off.',
  fields: (t) => ({
    status: t.exposeString('status', { description: '`added`, `existing` or `refused`.' }),
    jobId: t.id({ nullable: true, resolve: (item) => ('jobId' in item ? item.jobId : null) }),
    differs: t.boolean({ nullable: true, resolve: (item) => ('differs' in item ? item.differs : null) }),
    code: t.string({ nullable: true, resolve: (item) => ('code' in item ? item.code : null) }),
    errors: t.field({
      type: ['String'],
      nullable: true,
      description: 'Each path with its rule.',
      resolve: (item) =>
        'errors' in item ? item.errors.map(({ path, message }) => `${path}: ${message}`) : null,
    }),
  }),
})

const AddedItemsType = builder.objectRef<AddedItems>('AddedItems').implement({
  description: 'How many items came off, each at its place.',
  fields: (t) => ({
    added: t.exposeInt('added'),
    existing: t.exposeInt('existing'),
    refused: t.exposeInt('refused'),
    items: t.field({ type: [AddedItemType], resolve: ({ items }) => [...items] }),
  }),
})

builder.mutationFields((t) => ({
  pauseQueue: t.field({
    type: QueueStatusType,
    nullable: true,
    description: 'Starts no more jobs and gives out no more assignments. Without `projectId` everywhere.',
    args: { projectId: t.arg.id() },
    resolve: (_root, { projectId }, context) =>
      queueOf(context, 'Mutation.pauseQueue', projectId, {
        one: (project) => context.muster.queue.pause(project),
        all: () => context.muster.system.pause(),
      }),
  }),
  resumeQueue: t.field({
    type: QueueStatusType,
    nullable: true,
    args: { projectId: t.arg.id() },
    resolve: (_root, { projectId }, context) =>
      queueOf(context, 'Mutation.resumeQueue', projectId, {
        one: (project) => context.muster.queue.resume(project),
        all: () => context.muster.system.resume(),
      }),
  }),
  addToQueue: t.field({
    type: QueueItemRef,
    nullable: true,
    args: {
      projectId: t.arg.id({ required: true }),
      type: t.arg.string({ required: true }),
      payload: t.arg({ type: 'JSON', required: true }),
      priority: t.arg.int({ description: '−1000 to 1000, higher first; default 5.' }),
      delaySeconds: t.arg.float({ description: 'It waits so long before it is in line.' }),
      runAt: t.arg({ type: 'DateTime', description: 'It waits until then. Not beside `delaySeconds`.' }),
      unique: t.arg({ type: UniqueInput, description: 'A key that one job of the type holds at a time.' }),
      after: t.arg({ type: AfterInput, description: 'It waits for these jobs, or this run.' }),
    },
    resolve: async (_root, { projectId, unique, after, ...asked }, context) => {
      const project = await allowOne(context, 'project', 'Mutation.addToQueue', projectId)
      const item = parse(
        newQueueItem,
        given({ ...asked, unique: unique && given(unique), after: after && given(after) }),
      )
      return context.muster.queue.add(project, item, context.principal.userId)
    },
  }),
  addManyToQueue: t.field({
    type: AddedItemsType,
    nullable: true,
    description:
      'Adds up to 10 000 items. `each`: one at fault is refused by itself. `atomic`: all, or none.',
    args: {
      projectId: t.arg.id({ required: true }),
      items: t.arg({
        type: ['JSON'],
        required: true,
        description: 'Each as the body of POST /projects/:projectId/queue/add.',
      }),
      mode: t.arg.string({ description: '`each` (default) or `atomic`.' }),
    },
    resolve: async (_root, { projectId, items, mode }, context) => {
      const project = await allowOne(context, 'project', 'Mutation.addManyToQueue', projectId)
      const wanted = parse(manyQueueItems, { items, ...(mode == null ? {} : { mode }) })
      return context.muster.queue.addMany(project, wanted.items as readonly NewQueueItem[], {
        mode: wanted.mode,
        createdBy: context.principal.userId,
      })
    },
  }),
  cancelQueueItem: t.field({
    type: QueueItemRef,
    nullable: true,
    args: {
      id: t.arg.id({ required: true }),
      flow: t.arg.boolean({ description: 'With it all that waits for it, and so on. Default false.' }),
    },
    resolve: async (_root, { id, flow }, context) => {
      const { projectId, jobId } = await itemOf(context, id, 'Mutation.cancelQueueItem')
      return context.muster.queue.cancel(projectId, jobId, { flow: flow ?? false })
    },
  }),
  setQueueItemPriority: t.field({
    type: QueueItemRef,
    nullable: true,
    args: { id: t.arg.id({ required: true }), priority: t.arg.int({ required: true }) },
    resolve: async (_root, { id, priority }, context) => {
      const { projectId, jobId } = await itemOf(context, id, 'Mutation.setQueueItemPriority')
      return context.muster.queue.setPriority(projectId, jobId, parse(queuePriority, { priority }).priority)
    },
  }),
}))

async function itemOf(context: GraphqlContext, id: string, field = 'Query.queueItem'): Promise<ItemShape> {
  const itemId = await allowOne(context, 'item', field, id)
  const item = await context.muster.queue.find(itemId)
  if (item === undefined) throw new NotFoundError('item', id)
  return item
}

/** What to ask of one project's queue, or else of all queues together. */
async function queueOf(
  context: GraphqlContext,
  field: string,
  projectId: string | null | undefined,
  ask: {
    readonly one: (projectId: ProjectId) => Promise<QueueStatus>
    readonly all: () => Promise<SystemQueueStatus>
  },
): Promise<StatusShape> {
  if (projectId == null) {
    await allowSystem(context)
    const { paused, counts, types } = await ask.all()
    return { projectId: null, paused, counts, byType: types, updatedAt: context.muster.clock.now() }
  }
  const { byType, ...status } = await ask.one(await allowOne(context, 'project', field, projectId))
  return { ...status, byType: Object.entries(byType).map(([type, counts]) => ({ type, ...counts })) }
}

function seesAll({ principal }: GraphqlContext): boolean {
  return atLeast(principal.role, 'manager')
}
