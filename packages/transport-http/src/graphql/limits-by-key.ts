import { LIMIT_ORIGINS, type Limit, newLimit } from '@muster/core/limits'
import { parse } from '@muster/core/schemas'
import { operatedBy } from '../access/authorization.ts'
import { builder, enumOf } from './builder.ts'
import { connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allow, orNull } from './context.ts'

const LimitOriginEnum = enumOf('LimitOrigin', LIMIT_ORIGINS)

const AdaptiveLimitType = builder.objectRef<NonNullable<Limit['adaptive']>>('AdaptiveLimit').implement({
  description: 'Bounds of a concurrency that finds its own way.',
  fields: (t) => ({ min: t.exposeInt('min'), start: t.exposeInt('start') }),
})
const AdaptiveLimitInput = builder.inputType('AdaptiveLimitInput', {
  fields: (t) => ({
    min: t.int({ required: true, description: 'At least 1, and less than `concurrency`.' }),
    start: t.int({
      description: 'From `min` to `concurrency`; default 8, or `concurrency` if that is less.',
    }),
  }),
})

const LimitType = builder.objectRef<Limit>('Limit').implement({
  description: 'A key with its limits and its use; null: not limited.',
  fields: (t) => ({
    key: t.exposeString('key'),
    origin: t.expose('origin', {
      type: LimitOriginEnum,
      description: '`CODE`: as an application says; `API`: somebody has set it.',
    }),
    concurrency: t.exposeInt('concurrency', { nullable: true, description: 'Jobs at once.' }),
    perMinute: t.exposeFloat('perMinute', { nullable: true, description: 'Starts in a minute.' }),
    burst: t.exposeInt('burst', { nullable: true, description: 'Starts that may come at once.' }),
    unitsPerMinute: t.exposeFloat('unitsPerMinute', { nullable: true }),
    estimate: t.exposeInt('estimate', {
      nullable: true,
      description: 'Units of a start whose job type estimates none.',
    }),
    adaptive: t.expose('adaptive', {
      type: AdaptiveLimitType,
      nullable: true,
      description: '`concurrency` is the most; how many run is found by what the other side says.',
    }),
    paused: t.exposeBoolean('paused', { description: 'Nothing begins.' }),
    version: t.exposeInt('version'),
    inUse: t.exposeInt('inUse', { description: 'Jobs that have begun and not ended.' }),
    startsLastMinute: t.exposeFloat('startsLastMinute'),
    unitsLastMinute: t.exposeFloat('unitsLastMinute'),
    waiting: t.exposeInt('waiting', { description: 'Jobs that it holds back, at least.' }),
    window: t.exposeFloat('window', {
      nullable: true,
      description: 'Of an adaptive key the concurrency that it has found.',
    }),
    opensAt: t.expose('opensAt', {
      type: 'DateTime',
      nullable: true,
      description: 'null: it is open, or an end or a person opens it.',
    }),
    coolUntil: t.expose('coolUntil', { type: 'DateTime', nullable: true }),
    coolDowns: t.exposeFloat('coolDowns', {
      description: 'How often it has cooled because the other side asked, ever.',
    }),
  }),
})
const LimitConnection = builder.connectionObject(
  { type: LimitType, name: 'LimitConnection' },
  { name: 'LimitEdge' },
)

builder.queryFields((t) => ({
  limit: t.field({
    type: LimitType,
    nullable: true,
    args: { key: t.arg.string({ required: true }) },
    resolve: (_root, { key }, context) =>
      orNull(async () => context.muster.limits.get(await allow(context, 'Query.limit', key))),
  }),
  limits: t.field({
    type: LimitConnection,
    nullable: true,
    description:
      'By key. Of a manager those that jobs of their projects have, and those that begin with `project:` and the id of one.',
    args: {
      prefix: t.arg.string({ description: 'Keys that begin so.' }),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: async (_root, { prefix, ...forward }, context) => {
      await allow(context, 'Query.limits')
      const projects = operatedBy(context.principal)
      const wanted = { ...pageRequest(forward), prefix: prefix ?? undefined, projects }
      return connectionOf(await context.muster.limits.list(wanted), forward)
    },
  }),
}))

builder.mutationFields((t) => ({
  putLimit: t.field({
    type: LimitType,
    description: 'Replaces the limits of a key: arguments that are left out limit nothing.',
    args: {
      key: t.arg.string({ required: true }),
      concurrency: t.arg.int({ description: '0 to 100 000.' }),
      perMinute: t.arg.float({ description: '0.01 to 10 000 000.' }),
      burst: t.arg.int({ description: '1 to `perMinute`; default a hundredth of it, at least 1.' }),
      unitsPerMinute: t.arg.float({ description: '1 to 10¹².' }),
      estimate: t.arg.int({ description: 'Units of a start whose job type estimates none, 1 to 10⁹.' }),
      adaptive: t.arg({ type: AdaptiveLimitInput, description: 'Needs `concurrency`, which is the most.' }),
      paused: t.arg.boolean({ description: 'Nothing begins.' }),
      ifVersion: t.arg.int({ description: 'Changes nothing unless the key is at this version.' }),
    },
    resolve: async (_root, { key, ifVersion, paused, adaptive, ...limits }, context) => {
      await allow(context, 'Mutation.putLimit', key)
      const wanted = parse(newLimit, {
        ...limits,
        adaptive: adaptive && { min: adaptive.min, start: adaptive.start ?? undefined },
        paused: paused ?? false,
      })
      const { limit } = await context.muster.limits.put(key, wanted, { ifVersion: ifVersion ?? undefined })
      return limit
    },
  }),
  deleteLimit: t.field({
    type: 'Boolean',
    description: 'The key has what the application says of it again. Its use stays counted.',
    args: { key: t.arg.string({ required: true }) },
    resolve: async (_root, { key }, context) => {
      await allow(context, 'Mutation.deleteLimit', key)
      await context.muster.limits.remove(key)
      return true
    },
  }),
  coolLimit: t.field({
    type: LimitType,
    description: 'Nothing begins under the key for so long.',
    args: {
      key: t.arg.string({ required: true }),
      seconds: t.arg.float({ required: true, description: 'Greater than 0, at most 86 400.' }),
    },
    resolve: async (_root, { key, seconds }, context) => {
      await allow(context, 'Mutation.coolLimit', key)
      return context.muster.limits.cool(key, seconds)
    },
  }),
  warmLimit: t.field({
    type: LimitType,
    description: 'Ends the cool-down of the key.',
    args: { key: t.arg.string({ required: true }) },
    resolve: async (_root, { key }, context) => {
      await allow(context, 'Mutation.warmLimit', key)
      return context.muster.limits.warm(key)
    },
  }),
}))
