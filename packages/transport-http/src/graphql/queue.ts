import { NotFoundError, type ProjectId, type QueueItem } from '@muster/core'
import type { JobCounts, QueueStatus, SystemQueueStatus } from '@muster/core/calls'
import type { JobWithResult, StepProgress } from '@muster/core/ports'
import { newQueueItem, parse, queuePriority } from '@muster/core/schemas'
import { atLeast } from '../access/authority.ts'
import { builder } from './builder.ts'
import { type Connection, connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allowOne, allowSystem, type GraphqlContext, orNull } from './context.ts'
import { has } from './ids.ts'
import { JobErrorType, JobStateEnum } from './runs.ts'

const JobStep = builder.objectRef<StepProgress>('JobStep').implement({
  description: 'How far the handler says it is.',
  fields: (t) => ({
    name: t.exposeString('name'),
    index: t.exposeInt('index', { description: 'From 1 to `total`.' }),
    total: t.exposeInt('total'),
  }),
})

/** An item; payload and result are there where it was read by itself. */
type ItemShape = QueueItem & Partial<Pick<JobWithResult, 'payload' | 'result'>>

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
    createdBy: t.exposeID('createdBy', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    availableAt: t.expose('availableAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    error: t.expose('error', { type: JobErrorType, nullable: true }),
    payload: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Of `queueItem` and `node`, for managers; null elsewhere.',
      resolve: ({ payload }, _args, context) => (seesAll(context) ? payload : null),
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
    },
    resolve: async (_root, { projectId, type, payload, priority }, context) => {
      const project = await allowOne(context, 'project', 'Mutation.addToQueue', projectId)
      const item = parse(newQueueItem, { type, payload, priority: priority ?? undefined })
      return context.muster.queue.add(project, item, context.principal.userId)
    },
  }),
  cancelQueueItem: t.field({
    type: QueueItemRef,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, context) => {
      const { projectId, jobId } = await itemOf(context, id, 'Mutation.cancelQueueItem')
      return context.muster.queue.cancel(projectId, jobId)
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
