import {
  MISSED_POLICIES,
  newSchedule,
  newWhen,
  OVERLAP_POLICIES,
  type Schedule,
  type ScheduleTick,
  sayWhen,
  scheduleChange,
  TICK_OUTCOMES,
  type UpcomingTick,
  type WhenPreview,
} from '@muster/core/schedules'
import { parse } from '@muster/core/schemas'
import { atLeast } from '../access/authority.ts'
import { builder, enumOf } from './builder.ts'
import { connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allowOne, type GraphqlContext, listOfProject, orNull } from './context.ts'
import { given } from './input.ts'

const MissedEnum = enumOf('MissedPolicy', MISSED_POLICIES)
const OverlapEnum = enumOf('OverlapPolicy', OVERLAP_POLICIES)
const OutcomeEnum = enumOf('TickOutcome', TICK_OUTCOMES)
const NoteEnum = enumOf('TickNote', ['moved', 'repeated'])

const TickType = builder.objectRef<ScheduleTick>('ScheduleTick').implement({
  description: 'A tick that has come, or several missed ones in a row.',
  fields: (t) => ({
    plannedAt: t.expose('plannedAt', { type: 'DateTime' }),
    again: t.exposeInt('again', {
      description: '0: by the rule; else the n-th time that it was fired by hand.',
    }),
    firedAt: t.expose('firedAt', { type: 'DateTime' }),
    outcome: t.expose('outcome', { type: OutcomeEnum }),
    jobId: t.exposeID('jobId', { nullable: true }),
    runId: t.exposeID('runId', { nullable: true }),
    error: t.field({ type: 'JSON', nullable: true, resolve: ({ error }) => error }),
    count: t.exposeInt('count'),
    until: t.expose('until', { type: 'DateTime', nullable: true }),
  }),
})
const TickConnection = builder.connectionObject(
  { type: TickType, name: 'ScheduleTickConnection' },
  { name: 'ScheduleTickEdge' },
)

const UpcomingType = builder.objectRef<UpcomingTick>('UpcomingTick').implement({
  description: 'A tick to come, as the clock of its zone shows it.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    local: t.exposeString('local'),
    offset: t.exposeString('offset'),
    note: t.expose('note', { type: NoteEnum, nullable: true }),
  }),
})

const PreviewType = builder.objectRef<WhenPreview>('WhenPreview').implement({
  description: 'A rule as it was read, with its next ten ticks.',
  fields: (t) => ({
    says: t.exposeString('says'),
    items: t.field({ type: [UpcomingType], resolve: ({ items }) => items }),
  }),
})

const ScheduleType = builder.objectRef<Schedule>('Schedule').implement({
  description: 'Something that starts by the clock.',
  fields: (t) => ({
    scheduleId: t.exposeID('scheduleId'),
    projectId: t.exposeID('projectId'),
    name: t.exposeString('name'),
    when: t.field({ type: 'JSON', resolve: ({ when }) => when }),
    says: t.string({
      description: 'The rule in words, such as "every weekday at 02:30 in Berlin".',
      resolve: ({ when }) => sayWhen(when),
    }),
    start: t.field({
      type: 'JSON',
      nullable: true,
      description: 'null for who does not manage the project.',
      resolve: ({ start }, _args, context) => (manages(context) ? start : null),
    }),
    missed: t.expose('missed', { type: MissedEnum }),
    maxCatchUp: t.exposeInt('maxCatchUp'),
    graceSeconds: t.exposeInt('graceSeconds'),
    overlap: t.expose('overlap', { type: OverlapEnum }),
    jitterSeconds: t.exposeInt('jitterSeconds'),
    startsAt: t.expose('startsAt', { type: 'DateTime', nullable: true }),
    endsAt: t.expose('endsAt', { type: 'DateTime', nullable: true }),
    paused: t.exposeBoolean('paused'),
    version: t.exposeInt('version'),
    nextAt: t.expose('nextAt', {
      type: 'DateTime',
      nullable: true,
      description: 'null: it is paused, or no tick is left.',
    }),
    lastTick: t.field({
      type: TickType,
      nullable: true,
      description: 'null for who does not manage the project.',
      resolve: ({ lastTick }, _args, context) => (manages(context) ? lastTick : null),
    }),
    zoneData: t.exposeString('zoneData', { nullable: true }),
    createdBy: t.id({
      nullable: true,
      resolve: ({ createdBy }, _args, context) => (manages(context) ? createdBy : null),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    next: t.field({
      type: [UpcomingType],
      description: 'The next instants that its rule names, also while it is paused.',
      args: { n: t.arg.int({ description: '1 to 100, default 10.' }), after: t.arg({ type: 'DateTime' }) },
      complexity: ({ n }) => ({ field: 1, multiplier: n ?? 10 }),
      resolve: ({ scheduleId }, args, { muster }) => muster.schedules.next(scheduleId, given(args)),
    }),
    ticks: t.field({
      type: TickConnection,
      description: 'The latest planned first. They are kept for 90 days.',
      args: {
        outcome: t.arg({ type: [OutcomeEnum] }),
        from: t.arg({ type: 'DateTime' }),
        to: t.arg({ type: 'DateTime' }),
        first: t.arg.int({ description: '1 to 200, default 50.' }),
        after: t.arg.string(),
      },
      complexity: costOfPage,
      resolve: async ({ scheduleId }, { first, after, ...where }, context) => {
        const id = await allowOne(context, 'schedule', 'Schedule.ticks', scheduleId)
        const page = await context.muster.schedules.ticks(id, given(where), pageRequest({ first, after }))
        return connectionOf(page, { first, after })
      },
    }),
  }),
})
const ScheduleConnection = builder.connectionObject(
  { type: ScheduleType, name: 'ScheduleConnection' },
  { name: 'ScheduleEdge' },
)

builder.queryFields((t) => ({
  schedule: t.field({
    type: ScheduleType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      orNull(async () =>
        context.muster.schedules.get(await allowOne(context, 'schedule', 'Query.schedule', id)),
      ),
  }),
  schedules: t.field({
    type: ScheduleConnection,
    nullable: true,
    description: 'Newest first.',
    args: {
      projectId: t.arg.id({ required: true }),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: listOfProject('Query.schedules', (muster, id, request) => muster.schedules.list(id, request)),
  }),
  schedulePreview: t.field({
    type: PreviewType,
    nullable: true,
    description: 'What a rule in time says.',
    args: { projectId: t.arg.id({ required: true }), when: t.arg({ type: 'JSON', required: true }) },
    resolve: (_root, { projectId, when }, context) =>
      orNull(async () => {
        await allowOne(context, 'project', 'Query.schedulePreview', projectId)
        return context.muster.schedules.preview(parse(newWhen, when, ['when']))
      }),
  }),
}))

builder.mutationFields((t) => ({
  addSchedule: t.field({
    type: ScheduleType,
    args: {
      projectId: t.arg.id({ required: true }),
      schedule: t.arg({
        type: 'JSON',
        required: true,
        description: 'As `POST /projects/:projectId/schedules` takes it.',
      }),
    },
    resolve: async (_root, { projectId, schedule }, context) => {
      const id = await allowOne(context, 'project', 'Mutation.addSchedule', projectId)
      const { userId } = context.principal
      return context.muster.schedules.add(id, parse(newSchedule, schedule, ['schedule']), userId)
    },
  }),
  changeSchedule: t.field({
    type: ScheduleType,
    description: 'Fires what was due by the old rule; the next tick comes by the new one.',
    args: {
      id: t.arg.id({ required: true }),
      change: t.arg({ type: 'JSON', required: true, description: 'As `PATCH /schedules/:id` takes it.' }),
      ifVersion: t.arg.int(),
    },
    resolve: async (_root, { id, change, ifVersion }, context) => {
      const scheduleId = await allowOne(context, 'schedule', 'Mutation.changeSchedule', id)
      const wanted = parse(scheduleChange, change, ['change'])
      return context.muster.schedules.change(scheduleId, wanted, moveOf(context, ifVersion))
    },
  }),
  removeSchedule: t.field({
    type: 'Boolean',
    description: 'It no longer fires; what was started stays.',
    args: { id: t.arg.id({ required: true }), ifVersion: t.arg.int() },
    resolve: async (_root, { id, ifVersion }, context) => {
      const scheduleId = await allowOne(context, 'schedule', 'Mutation.removeSchedule', id)
      await context.muster.schedules.remove(scheduleId, moveOf(context, ifVersion))
      return true
    },
  }),
  pauseSchedule: t.field({
    type: ScheduleType,
    args: { id: t.arg.id({ required: true }), ifVersion: t.arg.int() },
    resolve: async (_root, { id, ifVersion }, context) => {
      const scheduleId = await allowOne(context, 'schedule', 'Mutation.pauseSchedule', id)
      return context.muster.schedules.pause(scheduleId, moveOf(context, ifVersion))
    },
  }),
  resumeSchedule: t.field({
    type: ScheduleType,
    description: 'Ticks of the pause are not made up.',
    args: { id: t.arg.id({ required: true }), ifVersion: t.arg.int() },
    resolve: async (_root, { id, ifVersion }, context) => {
      const scheduleId = await allowOne(context, 'schedule', 'Mutation.resumeSchedule', id)
      return context.muster.schedules.resume(scheduleId, moveOf(context, ifVersion))
    },
  }),
  fireSchedule: t.field({
    type: TickType,
    description: 'Starts its work now, whatever runs; with `at`, for a past instant that the rule names.',
    args: { id: t.arg.id({ required: true }), at: t.arg({ type: 'DateTime' }) },
    resolve: async (_root, { id, at }, context) => {
      const scheduleId = await allowOne(context, 'schedule', 'Mutation.fireSchedule', id)
      return context.muster.schedules.fire(scheduleId, { ...given({ at }), by: context.principal.userId })
    },
  }),
}))

function manages({ principal }: GraphqlContext): boolean {
  return atLeast(principal.role, 'manager')
}

function moveOf({ principal }: GraphqlContext, ifVersion: number | null | undefined) {
  return { by: principal.userId, ...given({ ifVersion }) }
}
