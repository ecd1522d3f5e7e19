import {
  AGGREGATION_METHODS,
  type Aggregate,
  aggregatesAsked,
  answersAsked,
  type FitWithSkills,
  type ModelStrength,
  type StrengthsOfAnswers,
  strengthsAsked,
} from '@muster/core/quality'
import { parse } from '@muster/core/schemas'
import { builder, enumOf } from './builder.ts'
import { connectionOf, costOfPage, pageRequest } from './connections.ts'
import { allowOne, orNull } from './context.ts'
import { given } from './input.ts'

const MethodEnum = enumOf('AggregationMethod', AGGREGATION_METHODS)

const AggregateType = builder.objectRef<Aggregate>('Aggregate').implement({
  description: 'The answers to one question of one task, as one.',
  fields: (t) => ({
    taskId: t.exposeID('taskId'),
    externalId: t.exposeString('externalId', { nullable: true }),
    value: t.expose('value', { type: 'JSON', nullable: true }),
    posterior: t.expose('posterior', {
      type: 'JSON',
      nullable: true,
      description: 'The chance of each answer; null: the method has none, or nobody answered.',
    }),
    answers: t.expose('answers', { type: 'JSON', description: 'How often each answer was given.' }),
  }),
})
const AggregateConnection = builder.connectionObject(
  { type: AggregateType, name: 'AggregateConnection' },
  { name: 'AggregateEdge' },
)

const SkillType = builder.objectRef<FitWithSkills['skills'][number]>('FittedSkill').implement({
  description: 'How often a person is right at a question, as fitted.',
  fields: (t) => ({
    userId: t.exposeID('userId'),
    accuracy: t.exposeFloat('accuracy'),
    labels: t.exposeInt('labels', { description: 'Answers that it rests on.' }),
  }),
})

const FitType = builder.objectRef<FitWithSkills>('Fit').implement({
  description: 'The accuracies of people at one question, and the shares of its answers.',
  fields: (t) => ({
    projectId: t.exposeID('projectId'),
    stepId: t.exposeString('stepId'),
    formId: t.exposeID('formId'),
    question: t.exposeString('question', { description: 'Of one criterion: `question.criterion`.' }),
    number: t.exposeInt('number'),
    method: t.exposeString('method'),
    settled: t.exposeInt('settled', { description: 'Tasks that it rests on.' }),
    prevalence: t.floatList({ resolve: ({ prevalence }) => [...prevalence] }),
    rounds: t.exposeInt('rounds'),
    converged: t.exposeBoolean('converged'),
    fittedAt: t.expose('fittedAt', { type: 'DateTime' }),
    skills: t.field({ type: [SkillType], resolve: ({ skills }) => skills }),
  }),
})
const FitConnection = builder.connectionObject({ type: FitType, name: 'FitConnection' }, { name: 'FitEdge' })

const ModelStrengthType = builder.objectRef<ModelStrength>('ModelStrength').implement({
  fields: (t) => ({
    model: t.exposeString('model'),
    strength: t.exposeFloat('strength'),
    se: t.exposeFloat('se', { nullable: true }),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
    wins: t.exposeFloat('wins'),
    losses: t.exposeFloat('losses'),
    ties: t.exposeFloat('ties'),
  }),
})

const StrengthsType = builder.objectRef<StrengthsOfAnswers>('ModelStrengths').implement({
  description: 'How strong models are by what people preferred.',
  fields: (t) => ({
    formId: t.exposeID('formId'),
    stepId: t.exposeString('stepId'),
    question: t.exposeString('question'),
    criterion: t.exposeString('criterion', { nullable: true }),
    models: t.field({ type: [ModelStrengthType], resolve: ({ models }) => models }),
    chances: t.expose('chances', {
      type: 'JSON',
      description: 'The chance that the model of the row is preferred to that of the column.',
    }),
    nu: t.exposeFloat('nu'),
    level: t.exposeFloat('level'),
    games: t.exposeInt('games', { description: 'Answers that compare two models.' }),
    bothBad: t.exposeInt('bothBad'),
    converged: t.exposeBoolean('converged'),
  }),
})

builder.queryFields((t) => ({
  aggregates: t.field({
    type: AggregateConnection,
    nullable: true,
    description:
      'One answer of many for each task that has gone on from the step, by taskId. Each page is made of all answers anew: for all of them read the lines over HTTP.',
    args: {
      projectId: t.arg.id({ required: true }),
      stepId: t.arg.string(),
      question: t.arg.string(),
      criterion: t.arg.string(),
      formId: t.arg.string(),
      method: t.arg({ type: MethodEnum }),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: (_root, { projectId, first, after, ...asked }, context) =>
      orNull(async () => {
        const id = await allowOne(context, 'project', 'Query.aggregates', projectId)
        const of = parse(aggregatesAsked, given(asked))
        const page = await context.muster.quality.aggregatesPage(id, of, pageRequest({ first, after }))
        return connectionOf(page, { first, after })
      }),
  }),
  strengths: t.field({
    type: StrengthsType,
    nullable: true,
    args: {
      projectId: t.arg.id({ required: true }),
      stepId: t.arg.string(),
      question: t.arg.string(),
      criterion: t.arg.string(),
      formId: t.arg.string(),
      level: t.arg.float(),
    },
    resolve: (_root, { projectId, ...asked }, context) =>
      orNull(async () => {
        const id = await allowOne(context, 'project', 'Query.strengths', projectId)
        return context.muster.quality.strengths(id, parse(strengthsAsked, given(asked)))
      }),
  }),
  fits: t.field({
    type: FitConnection,
    nullable: true,
    description: 'Newest first.',
    args: {
      projectId: t.arg.id({ required: true }),
      stepId: t.arg.string(),
      question: t.arg.string(),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: (_root, { projectId, first, after, ...where }, context) =>
      orNull(async () => {
        const id = await allowOne(context, 'project', 'Query.fits', projectId)
        const page = await context.muster.quality.fits(id, given(where), pageRequest({ first, after }))
        return connectionOf(page, { first, after })
      }),
  }),
}))

builder.mutationFields((t) => ({
  refit: t.field({
    type: FitType,
    description: 'Fits the accuracy of each person at a question, now.',
    args: {
      projectId: t.arg.id({ required: true }),
      stepId: t.arg.string(),
      question: t.arg.string(),
      criterion: t.arg.string(),
      formId: t.arg.string(),
    },
    resolve: async (_root, { projectId, ...of }, context) => {
      const id = await allowOne(context, 'project', 'Mutation.refit', projectId)
      return context.muster.quality.refit(id, parse(answersAsked, given(of)))
    },
  }),
}))
