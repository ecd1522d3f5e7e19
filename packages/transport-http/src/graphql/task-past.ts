import type { SeenMove, TaskDecision } from '@muster/core/calls'
import { GIVEN_BY, MOVE_KINDS, parse, taskChange } from '@muster/core/schemas'
import { builder, enumOf } from './builder.ts'
import { connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allowOne, orNull, readAnew } from './context.ts'
import { given } from './input.ts'
import { CandidateType, TaskRef } from './work.ts'

const MoveKindEnum = enumOf('MoveKind', MOVE_KINDS)
const GivenByEnum = enumOf('GivenBy', GIVEN_BY)

const TaskMoveType = builder.objectRef<SeenMove>('TaskMove').implement({
  description: 'A move of a task or of an assignment on it.',
  fields: (t) => ({
    taskId: t.exposeID('taskId'),
    at: t.expose('at', { type: 'DateTime' }),
    kind: t.expose('kind', { type: MoveKindEnum }),
    assignmentId: t.exposeID('assignmentId', { nullable: true }),
    stepId: t.exposeString('stepId', { nullable: true }),
    userId: t.exposeID('userId', { nullable: true, description: 'The person whose assignment moved.' }),
    attempt: t.exposeInt('attempt', { nullable: true }),
    from: t.exposeString('from', { nullable: true }),
    to: t.exposeString('to', { nullable: true }),
    by: t.exposeID('by', { nullable: true, description: 'The person whose call moved it.' }),
    how: t.expose('how', { type: GivenByEnum, nullable: true }),
    reason: t.exposeString('reason', { nullable: true }),
    decisionId: t.exposeString('decisionId', { nullable: true }),
  }),
})
const TaskMoveConnection = builder.connectionObject(
  { type: TaskMoveType, name: 'TaskMoveConnection' },
  { name: 'TaskMoveEdge' },
)

const TaskDecisionType = builder.objectRef<TaskDecision>('TaskDecision').implement({
  description: 'How an assignment was given, as it was recorded.',
  fields: (t) => ({
    decisionId: t.exposeString('decisionId'),
    how: t.expose('how', { type: GivenByEnum }),
    decidedAt: t.expose('decidedAt', { type: 'DateTime' }),
    stepId: t.exposeString('stepId'),
    assignmentId: t.exposeID('assignmentId', { nullable: true }),
    attempt: t.exposeInt('attempt', { nullable: true }),
    chosen: t.exposeID('chosen', { nullable: true }),
    strategy: t.exposeString('strategy', { nullable: true }),
    before: t.exposeInt('before', {
      nullable: true,
      description: 'Of a pull, how many open steps stood before the one it took.',
    }),
    candidates: t.expose('candidates', { type: [CandidateType] }),
    replayed: t.exposeBoolean('replayed', {
      nullable: true,
      description: 'Whether what was recorded gives the same choice now; null for a pull.',
    }),
  }),
})
const TaskDecisionConnection = builder.connectionObject(
  { type: TaskDecisionType, name: 'TaskDecisionConnection' },
  { name: 'TaskDecisionEdge' },
)

const RequirementInput = builder.inputType('RequirementInput', {
  description: 'Any one of these skills at or above the level.',
  fields: (t) => ({
    anyOf: t.stringList({ required: true }),
    minLevel: t.int({ description: 'Default 1.' }),
    dropAfterMinutes: t.float({ description: 'It is waived for a step that was open so long.' }),
  }),
})

builder.queryFields((t) => {
  const args = {
    id: t.arg.id({ required: true }),
    first: t.arg.int({ description: '1 to 200, default 50.' }),
    after: t.arg.string(),
  }
  return {
    taskHistory: t.field({
      type: TaskMoveConnection,
      nullable: true,
      description: 'Every move of a task and of its assignments, oldest first.',
      args,
      complexity: costOfPage,
      resolve: (_root, { id, ...forward }, context) =>
        orNull(async () => {
          const taskId = await allowOne(context, 'task', 'Query.taskHistory', id)
          const { muster, principal } = context
          return connectionOf(await muster.tasks.history(taskId, principal, pageRequest(forward)), forward)
        }),
    }),
    taskDecisions: t.field({
      type: TaskDecisionConnection,
      nullable: true,
      description: 'How a task was given out, newest first.',
      args: {
        ...args,
        replay: t.arg.string({ description: 'The decision whose batch is replayed however big it is.' }),
      },
      complexity: costOfPage,
      resolve: (_root, { id, replay, ...forward }, context) =>
        orNull(async () => {
          const taskId = await allowOne(context, 'task', 'Query.taskDecisions', id)
          const { muster, principal } = context
          const request = { ...pageRequest(forward), ...given({ replay }) }
          return connectionOf(await muster.tasks.decisions(taskId, principal, request), forward)
        }),
    }),
  }
})

builder.mutationFields((t) => ({
  changeTask: t.field({
    type: TaskRef,
    nullable: true,
    description: 'Changes its priority, or the skills that it asks for beside its steps.',
    args: {
      id: t.arg.id({ required: true }),
      priority: t.arg.int(),
      requiredSkills: t.arg({ type: [RequirementInput] }),
      version: t.arg.int({ description: 'The version that was seen.' }),
    },
    resolve: async (_root, { id, version, requiredSkills, ...said }, context) => {
      readAnew(context)
      const taskId = await allowOne(context, 'task', 'Mutation.changeTask', id)
      const skills = requiredSkills == null ? {} : { requiredSkills: requiredSkills.map(given) }
      const change = parse(taskChange, { ...given(said), ...skills })
      return context.muster.tasks.change(taskId, change, {
        ifVersion: version ?? undefined,
        by: context.principal.userId,
      })
    },
  }),
  cancelTask: t.field({
    type: TaskRef,
    nullable: true,
    description: 'Ends it, and every hold on it.',
    args: {
      id: t.arg.id({ required: true }),
      version: t.arg.int({ description: 'The version that was seen.' }),
    },
    resolve: async (_root, { id, version }, context) => {
      readAnew(context)
      const taskId = await allowOne(context, 'task', 'Mutation.cancelTask', id)
      return context.muster.tasks.cancel(taskId, version ?? undefined, context.principal.userId)
    },
  }),
}))
