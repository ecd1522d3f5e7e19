import type { ProjectId } from '@muster/core'
import { parse } from '@muster/core/schemas'
import { AT_CAP, type Budget, type BudgetScope, budgetInput, newBudget } from '@muster/core/usage'
import { builder, enumOf } from './builder.ts'
import { connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allowOne, allowSystem, orNull } from './context.ts'
import { given } from './input.ts'

const AtCapEnum = enumOf('AtCap', AT_CAP)
const BudgetEstimateEnum = enumOf('BudgetEstimate', ['known', 'none'])

const BudgetScopeType = builder.objectRef<BudgetScope>('BudgetScope').implement({
  description: 'One run, or all of a project, or what a project costs on a day.',
  fields: (t) => ({
    runId: t.id({ nullable: true, resolve: (scope) => ('runId' in scope ? scope.runId : null) }),
    projectId: t.id({ nullable: true, resolve: (scope) => ('runId' in scope ? null : scope.projectId) }),
    day: t.string({
      nullable: true,
      description: 'The zone of the day, such as `Europe/Berlin`.',
      resolve: (scope) => ('runId' in scope ? null : scope.day),
    }),
  }),
})

const BudgetType = builder.objectRef<Budget>('Budget').implement({
  description: 'A cap on money with its use, in millionths of the currency unit.',
  fields: (t) => ({
    budgetId: t.exposeID('budgetId'),
    projectId: t.exposeID('projectId'),
    scope: t.expose('scope', { type: BudgetScopeType }),
    capMicros: t.exposeFloat('capMicros'),
    soft: t.exposeFloat('soft', { description: 'The share of the cap at which managers are warned.' }),
    hard: t.exposeBoolean('hard', { description: 'Nothing begins beyond the cap.' }),
    atCap: t.expose('atCap', {
      type: AtCapEnum,
      description: '`PAUSE`: jobs wait. `CANCEL`: all that has not begun is cancelled.',
    }),
    spentMicros: t.exposeFloat('spentMicros', { description: 'The recorded cost of calls.' }),
    reservedMicros: t.exposeFloat('reservedMicros', { description: 'The estimates of attempts that run.' }),
    assumedMicros: t.exposeFloat('assumedMicros', {
      description: 'The estimates of attempts whose worker is gone; a late report takes their place.',
    }),
    estimate: t.expose('estimate', {
      type: BudgetEstimateEnum,
      description: '`NONE`: an attempt runs whose cost nothing estimates.',
    }),
    resetsAt: t.expose('resetsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Of a budget by day the next midnight of its zone.',
    }),
    reached: t.exposeBoolean('reached', {
      description: 'It has refused a start in this period, since it was last changed.',
    }),
    version: t.exposeInt('version'),
  }),
})
const BudgetConnection = builder.connectionObject(
  { type: BudgetType, name: 'BudgetConnection' },
  { name: 'BudgetEdge' },
)

const HARD = 'Nothing begins beyond the cap; default true. One that is not hard only tells.'
const SOFT = 'The share of the cap at which managers are warned: above 0, at most 1; default 0.8.'
const CAP = 'In millionths of the currency unit: 1 to 10¹⁵.'
const AT = 'Default PAUSE: jobs wait.'

builder.queryFields((t) => ({
  budget: t.field({
    type: BudgetType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      orNull(async () => context.muster.budgets.get(await allowOne(context, 'budget', 'Query.budget', id))),
  }),
  budgets: t.field({
    type: BudgetConnection,
    nullable: true,
    description: 'Of a project and its runs, or without one of all, which is an admin’s.',
    args: {
      projectId: t.arg.id(),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: (_root, { projectId, ...forward }, context) =>
      orNull(async () => {
        let of: ProjectId | null = null
        if (projectId != null) of = await allowOne(context, 'project', 'Query.budgets', projectId)
        else await allowSystem(context)
        return connectionOf(await context.muster.budgets.list(of, pageRequest(forward)), forward)
      }),
  }),
}))

builder.mutationFields((t) => ({
  addBudget: t.field({
    type: BudgetType,
    description:
      'Caps what a project may cost, or its day, or one of its runs. It holds for jobs that are made already.',
    args: {
      projectId: t.arg.id({ required: true }),
      capMicros: t.arg.float({ required: true, description: CAP }),
      soft: t.arg.float({ description: SOFT }),
      hard: t.arg.boolean({ description: HARD }),
      atCap: t.arg({ type: AtCapEnum, description: AT }),
      runId: t.arg.id({ description: 'Of this run alone.' }),
      day: t.arg.string({ description: 'By the day of this zone, such as `Europe/Berlin`.' }),
    },
    resolve: async (_root, { projectId, ...wanted }, context) => {
      const id = await allowOne(context, 'project', 'Mutation.addBudget', projectId)
      return context.muster.budgets.add(id, parse(newBudget, given(wanted)))
    },
  }),
  putBudget: t.field({
    type: BudgetType,
    description: 'Replaces the settings: arguments that are left out get their defaults; the scope stays.',
    args: {
      id: t.arg.id({ required: true }),
      capMicros: t.arg.float({ required: true, description: CAP }),
      soft: t.arg.float({ description: SOFT }),
      hard: t.arg.boolean({ description: HARD }),
      atCap: t.arg({ type: AtCapEnum, description: AT }),
      ifVersion: t.arg.int({ description: 'Changes nothing unless the budget is at this version.' }),
    },
    resolve: async (_root, { id, ifVersion, ...wanted }, context) => {
      const budgetId = await allowOne(context, 'budget', 'Mutation.putBudget', id)
      return context.muster.budgets.put(budgetId, parse(budgetInput, given(wanted)), given({ ifVersion }))
    },
  }),
  deleteBudget: t.field({
    type: 'Boolean',
    description: 'The budget goes, and jobs that it held back go on.',
    args: {
      id: t.arg.id({ required: true }),
      ifVersion: t.arg.int({ description: 'Removes nothing unless the budget is at this version.' }),
    },
    resolve: async (_root, { id, ifVersion }, context) => {
      const budgetId = await allowOne(context, 'budget', 'Mutation.deleteBudget', id)
      await context.muster.budgets.remove(budgetId, given({ ifVersion }))
      return true
    },
  }),
}))
