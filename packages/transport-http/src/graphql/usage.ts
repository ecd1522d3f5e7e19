import { parse } from '@muster/core/schemas'
import type { JobUsage, Price, RunUsage, UsagePart, UsageSum, UsageView } from '@muster/core/usage'
import { newPrices, USAGE_SPLITS } from '@muster/core/usage'
import { builder, enumOf } from './builder.ts'
import { connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allow, allowOne, allowSystem, orNull } from './context.ts'
import { given } from './input.ts'

const UsageSplitEnum = enumOf('UsageSplit', USAGE_SPLITS)

export const JobUsageType = builder.objectRef<JobUsage>('JobUsage').implement({
  description: 'What the attempts at a job used.',
  fields: (t) => ({
    units: t.exposeFloat('units', { description: 'Tokens of input and output.' }),
    costMicros: t.exposeFloat('costMicros', { description: 'In millionths of the currency unit.' }),
  }),
})

const UsageSumType = builder.objectRef<UsageSum>('UsageSum').implement({
  description: 'What calls of providers used together, in tokens.',
  fields: (t) => ({
    calls: t.exposeFloat('calls'),
    input: t.exposeFloat('input', { description: 'With what was cached, and what was put into a cache.' }),
    output: t.exposeFloat('output', { description: 'With what was thought.' }),
    cached: t.exposeFloat('cached'),
    cacheWrite: t.exposeFloat('cacheWrite'),
    reasoning: t.exposeFloat('reasoning'),
    costMicros: t.exposeFloat('costMicros', { description: 'In millionths of the currency unit.' }),
    unpriced: t.exposeFloat('unpriced', { description: 'Calls without a price, which count as free.' }),
  }),
})

const UsagePartType = builder.objectRef<UsagePart>('UsagePart').implement({
  description: 'A part of a sum: named by what it is split by.',
  fields: (t) => ({
    runId: t.id({ nullable: true, resolve: ({ runId }) => runId, description: 'null: of loose jobs.' }),
    model: t.string({ nullable: true, resolve: ({ model }) => model }),
    projectId: t.id({ nullable: true, resolve: ({ projectId }) => projectId }),
    day: t.string({ nullable: true, resolve: ({ day }) => day, description: 'Of UTC, as 2026-11-29.' }),
    sum: t.field({ type: UsageSumType, resolve: (part) => part }),
  }),
})

const UsageType = builder.objectRef<UsageView>('Usage').implement({
  description: 'What was used, and in which parts.',
  fields: (t) => ({
    by: t.expose('by', { type: UsageSplitEnum }),
    total: t.expose('total', { type: UsageSumType }),
    items: t.field({
      type: [UsagePartType],
      description: 'First those that cost most; days in their order.',
      resolve: ({ items }) => [...items],
    }),
    more: t.exposeBoolean('more', { description: 'There are more parts.' }),
  }),
})

type ModelUsage = { readonly model: string; readonly sum: UsageSum }

const ModelUsageType = builder.objectRef<ModelUsage>('ModelUsage').implement({
  fields: (t) => ({
    model: t.exposeString('model'),
    sum: t.expose('sum', { type: UsageSumType }),
  }),
})

export const RunUsageType = builder.objectRef<RunUsage>('RunUsage').implement({
  description: 'What the jobs of a run used.',
  fields: (t) => ({
    sum: t.field({ type: UsageSumType, resolve: (usage) => usage }),
    byModel: t.field({
      type: [ModelUsageType],
      resolve: ({ byModel }) => Object.entries(byModel).map(([model, sum]) => ({ model, sum })),
    }),
  }),
})

const PriceType = builder.objectRef<Price>('Price').implement({
  description: 'Of a model from a moment on, in millionths of the currency unit for a million tokens.',
  fields: (t) => ({
    model: t.exposeString('model'),
    from: t.expose('from', { type: 'DateTime' }),
    inputMicros: t.exposeInt('inputMicros'),
    outputMicros: t.exposeInt('outputMicros'),
    cachedMicros: t.exposeInt('cachedMicros', { description: 'Of input from a cache.' }),
    cacheWriteMicros: t.exposeInt('cacheWriteMicros', { description: 'Of input put into a cache.' }),
  }),
})
const PriceConnection = builder.connectionObject(
  { type: PriceType, name: 'PriceConnection' },
  { name: 'PriceEdge' },
)

builder.queryFields((t) => ({
  usage: t.field({
    type: UsageType,
    nullable: true,
    description: 'Of a project, or without one of all, which is an admin’s.',
    args: {
      projectId: t.arg.id(),
      from: t.arg.string({ description: 'The first day, of UTC, as 2026-11-29.' }),
      to: t.arg.string({ description: 'The last day.' }),
      by: t.arg({ type: UsageSplitEnum, description: '`model` unless said.' }),
    },
    complexity: 50,
    resolve: (_root, { projectId, ...wanted }, context) =>
      orNull(async () => {
        const { usage } = context.muster
        if (projectId != null)
          return usage.read(await allowOne(context, 'project', 'Query.usage', projectId), given(wanted))
        await allowSystem(context)
        return usage.read(null, given(wanted))
      }),
  }),
  prices: t.field({
    type: PriceConnection,
    nullable: true,
    description: 'By model, the latest first.',
    args: {
      model: t.arg.string(),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: async (_root, { model, ...forward }, context) => {
      await allow(context, 'Query.prices')
      const where = { model: model ?? undefined }
      return connectionOf(await context.muster.usage.prices(where, pageRequest(forward)), forward)
    },
  }),
}))

builder.mutationFields((t) => ({
  putPrices: t.field({
    type: [PriceType],
    description: 'Keeps prices of models, each from a moment on: all or none.',
    args: { prices: t.arg({ type: 'JSON', required: true, description: 'As over HTTP: { items }.' }) },
    complexity: 50,
    resolve: async (_root, { prices }, context) => {
      await allow(context, 'Mutation.putPrices')
      return [...(await context.muster.usage.putPrices(parse(newPrices, prices)))]
    },
  }),
}))
