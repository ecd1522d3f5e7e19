import type { FormId } from '@muster/core'
import type { AgreementMatrix, AgreementValue, PositionOf } from '@muster/core/calls'
import {
  AGREEMENT_BY,
  agreementRequest,
  COEFFICIENTS,
  parse,
  positionRequest,
  uuid,
} from '@muster/core/schemas'
import { builder, enumOf } from './builder.ts'
import { allowOne, orNull } from './context.ts'
import { given } from './input.ts'

const AgreementByEnum = enumOf('AgreementBy', AGREEMENT_BY)
const CoefficientEnum = enumOf('AgreementCoefficient', COEFFICIENTS)
const WeightsEnum = enumOf('AgreementWeights', ['linear', 'quadratic'])
const DifferenceEnum = enumOf('AgreementDifference', ['interval', 'ratio'])
const ReasonEnum = enumOf('NoAgreementReason', ['empty', 'one_rater', 'no_variation', 'too_many'])

const AgreementType = builder.objectRef<AgreementValue>('Agreement').implement({
  description: 'How far people agree on one question of one version of a form.',
  fields: (t) => ({
    formId: t.exposeID('formId', { nullable: true }),
    stepId: t.exposeString('stepId'),
    question: t.exposeString('question'),
    skill: t.string({
      nullable: true,
      description: 'Tasks that require it; null: all.',
      resolve: ({ group }) => (group !== null && 'skill' in group ? group.skill : null),
    }),
    people: t.idList({
      nullable: true,
      description: 'The two; null: everybody.',
      resolve: ({ group }) => (group !== null && 'a' in group ? [group.a, group.b] : null),
    }),
    coefficient: t.expose('coefficient', { type: CoefficientEnum }),
    value: t.exposeFloat('value', { nullable: true }),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
    reason: t.expose('reason', { type: ReasonEnum, nullable: true }),
    items: t.exposeInt('items'),
    raters: t.exposeInt('raters'),
    answers: t.exposeInt('answers'),
  }),
})

const MatrixCellType = builder.objectRef<AgreementMatrix['cells'][number]>('AgreementCell').implement({
  fields: (t) => ({
    a: t.exposeID('a'),
    b: t.exposeID('b'),
    items: t.exposeInt('items'),
    percent: t.exposeFloat('percent', { nullable: true }),
    cohen: t.exposeFloat('cohen', { nullable: true }),
  }),
})

const MatrixType = builder.objectRef<AgreementMatrix>('AgreementMatrix').implement({
  description: 'How far each two people agree on a question.',
  fields: (t) => ({
    formId: t.exposeID('formId', { nullable: true }),
    stepId: t.exposeString('stepId'),
    question: t.exposeString('question'),
    people: t.idList({ resolve: ({ people }) => [...people] }),
    cells: t.field({ type: [MatrixCellType], resolve: ({ cells }) => cells }),
  }),
})

const PositionEffectType = builder.objectRef<PositionOf>('PositionEffect').implement({
  description: 'How much more often than half of the time people prefer the side that they are shown first.',
  fields: (t) => ({
    stepId: t.exposeString('stepId'),
    question: t.exposeString('question'),
    criterion: t.exposeString('criterion', { nullable: true }),
    share: t.exposeFloat('share', { nullable: true }),
    effect: t.exposeFloat('effect', { nullable: true, description: 'share − ½' }),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why there is no value.' }),
    decisive: t.exposeInt('decisive'),
    tasks: t.exposeInt('tasks'),
  }),
})

builder.queryFields((t) => ({
  positionEffects: t.field({
    type: [PositionEffectType],
    nullable: true,
    description: 'Of each pairwise question, or criterion of one, over the completed tasks.',
    args: {
      projectId: t.arg.id({ required: true }),
      stepId: t.arg.string(),
      question: t.arg.string(),
      level: t.arg.float(),
    },
    resolve: (_root, { projectId, ...asked }, context) =>
      orNull(
        (async () => {
          const id = await allowOne(context, 'project', 'Query.positionEffects', projectId)
          return context.muster.tasks.positionEffects(id, parse(positionRequest, given(asked)))
        })(),
      ),
  }),
  agreement: t.field({
    type: [AgreementType],
    nullable: true,
    description: 'How far people agree, question by question, from what is counted at this moment.',
    args: {
      projectId: t.arg.id({ required: true }),
      stepId: t.arg.string(),
      question: t.arg.string(),
      by: t.arg({ type: AgreementByEnum }),
      coefficient: t.arg({ type: CoefficientEnum }),
      level: t.arg.float(),
      weights: t.arg({ type: WeightsEnum }),
      difference: t.arg({ type: DifferenceEnum }),
    },
    resolve: (_root, { projectId, ...asked }, context) =>
      orNull(
        (async () => {
          const id = await allowOne(context, 'project', 'Query.agreement', projectId)
          return context.muster.quality.agreement(id, parse(agreementRequest, given(asked)))
        })(),
      ),
  }),
  agreementMatrix: t.field({
    type: MatrixType,
    nullable: true,
    args: {
      projectId: t.arg.id({ required: true }),
      stepId: t.arg.string({ required: true }),
      question: t.arg.string({ required: true }),
      formId: t.arg.id(),
    },
    resolve: (_root, { projectId, formId, ...of }, context) =>
      orNull(
        (async () => {
          const id = await allowOne(context, 'project', 'Query.agreementMatrix', projectId)
          const named = formId == null ? {} : { formId: parse(uuid, formId, ['formId']) as FormId }
          return context.muster.quality.matrix(id, { ...of, ...named })
        })(),
      ),
  }),
}))
