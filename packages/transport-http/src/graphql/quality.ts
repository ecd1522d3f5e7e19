import { type FormId, NotFoundError, type UserId } from '@muster/core'
import type { PositionOf } from '@muster/core/calls'
import type { AgreementMatrix, AgreementValue, PersonMove, PersonQuality } from '@muster/core/quality'
import {
  AGREEMENT_BY,
  agreementRequest,
  COEFFICIENTS,
  NO_AGREEMENT_REASONS,
  PAUSE_REASONS,
  parse,
  positionRequest,
  uuid,
} from '@muster/core/schemas'
import { builder, enumOf } from './builder.ts'
import { allowOne, type GraphqlContext, orNull } from './context.ts'
import { given } from './input.ts'

const AgreementByEnum = enumOf('AgreementBy', AGREEMENT_BY)
const CoefficientEnum = enumOf('AgreementCoefficient', COEFFICIENTS)
const WeightsEnum = enumOf('AgreementWeights', ['linear', 'quadratic'])
const DifferenceEnum = enumOf('AgreementDifference', ['interval', 'ratio'])
const ReasonEnum = enumOf('NoAgreementReason', NO_AGREEMENT_REASONS)

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

const PauseReasonEnum = enumOf('PauseReason', PAUSE_REASONS)

export const PauseType = builder.objectRef<NonNullable<PersonQuality['watch']['paused']>>('Pause').implement({
  description: 'Why and since when somebody is given nothing in a project.',
  fields: (t) => ({
    since: t.expose('since', { type: 'DateTime' }),
    reason: t.expose('reason', { type: PauseReasonEnum }),
    by: t.exposeID('by', { nullable: true }),
    words: t.exposeString('words', { nullable: true }),
  }),
})

type Lifted = PersonQuality['pauses'][number]

const LiftType = builder.objectRef<Lifted['lifted']>('Lift').implement({
  description: 'When, by whom and why a pause was lifted.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    by: t.exposeID('by', { nullable: true }),
    words: t.exposeString('words'),
  }),
})

const LiftedPauseType = builder.objectRef<Lifted>('LiftedPause').implement({
  description: 'A pause that is over.',
  fields: (t) => ({
    since: t.expose('since', { type: 'DateTime' }),
    reason: t.expose('reason', { type: PauseReasonEnum }),
    by: t.exposeID('by', { nullable: true }),
    words: t.exposeString('words', { nullable: true }),
    lifted: t.expose('lifted', { type: LiftType }),
  }),
})

const WatchType = builder.objectRef<PersonQuality['watch']>('Watch').implement({
  description: 'How somebody has answered where the answer was known, in one project.',
  fields: (t) => ({
    judged: t.exposeInt('judged'),
    right: t.exposeInt('right'),
    controls: t.exposeInt('controls'),
    controlsRight: t.exposeInt('controlsRight'),
    sum: t.float({ description: 'The CUSUM, in millionths.', resolve: ({ sum }) => sum }),
    cleanSince: t.expose('cleanSince', { type: 'DateTime', nullable: true }),
    suspectSince: t.expose('suspectSince', { type: 'DateTime', nullable: true }),
    paused: t.expose('paused', { type: PauseType, nullable: true }),
  }),
})

const KnownAnswerType = builder
  .objectRef<PersonQuality['known'][number]['answers'][number]>('KnownAnswer')
  .implement({
    fields: (t) => ({
      known: t.field({ type: 'JSON', nullable: true, resolve: ({ known }) => known }),
      given: t.field({ type: 'JSON', nullable: true, resolve: ({ given: said }) => said }),
      right: t.exposeBoolean('right'),
      times: t.exposeInt('times'),
    }),
  })

const KnownType = builder.objectRef<PersonQuality['known'][number]>('KnownAnswers').implement({
  fields: (t) => ({
    stepId: t.exposeString('stepId'),
    question: t.exposeString('question'),
    right: t.exposeInt('right'),
    wrong: t.exposeInt('wrong'),
    answers: t.field({ type: [KnownAnswerType], resolve: ({ answers }) => answers }),
  }),
})

const AccuracyType = builder.objectRef<PersonQuality['accuracy'][number]>('Accuracy').implement({
  description: 'The share of right answers, with its interval.',
  fields: (t) => ({
    stepId: t.exposeString('stepId'),
    question: t.exposeString('question'),
    value: t.exposeFloat('value'),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
    answers: t.exposeInt('answers'),
  }),
})

const SuspectType = builder.objectRef<PersonQuality['suspect'][number]>('SuspectWork').implement({
  fields: (t) => ({
    taskId: t.exposeID('taskId'),
    assignmentId: t.exposeID('assignmentId'),
    submittedAt: t.expose('submittedAt', { type: 'DateTime' }),
  }),
})

const PersonQualityType = builder.objectRef<PersonQuality>('PersonQuality').implement({
  description: 'A person as a project watches them.',
  fields: (t) => ({
    userId: t.exposeID('userId'),
    known: t.field({ type: [KnownType], resolve: ({ known }) => known }),
    accuracy: t.field({ type: [AccuracyType], resolve: ({ accuracy }) => accuracy }),
    watch: t.expose('watch', { type: WatchType }),
    pauses: t.field({
      type: [LiftedPauseType],
      description: 'Those that were lifted, the latest first, 100 at most.',
      resolve: ({ pauses }) => pauses,
    }),
    controlsLeft: t.exposeInt('controlsLeft', { description: 'Controls that the person never had.' }),
    suspect: t.field({ type: [SuspectType], resolve: ({ suspect }) => suspect }),
  }),
})

/** A person in a path of a document. @throws NotFoundError where the id is none */
export function personOf(id: string): UserId {
  const userId = uuid.safeParse(id)
  if (!userId.success) throw new NotFoundError('user', id)
  return userId.data as UserId
}

interface PersonMoveArgs {
  readonly projectId: string
  readonly userId: string
  readonly reason: string
}

/** What a manager does to a person in a project. */
async function personMoveOf(
  context: GraphqlContext,
  field: string,
  { projectId, userId, reason }: PersonMoveArgs,
): Promise<PersonMove> {
  const id = await allowOne(context, 'project', field, projectId)
  return { projectId: id, userId: personOf(userId), reason, by: context.principal.userId }
}

builder.mutationFields((t) => {
  const args = {
    projectId: t.arg.id({ required: true }),
    userId: t.arg.id({ required: true }),
    reason: t.arg.string({ required: true }),
  }
  return {
    pausePerson: t.field({
      type: WatchType,
      description: 'Gives somebody nothing more in the project; what they hold there ends.',
      args,
      resolve: async (_root, asked, context) =>
        context.muster.quality.pause(await personMoveOf(context, 'Mutation.pausePerson', asked)),
    }),
    resumePerson: t.field({
      type: WatchType,
      description: 'Gives somebody work again; what speaks against them begins anew.',
      args,
      resolve: async (_root, asked, context) =>
        context.muster.quality.resume(await personMoveOf(context, 'Mutation.resumePerson', asked)),
    }),
  }
})

builder.queryFields((t) => ({
  personQuality: t.field({
    type: PersonQualityType,
    nullable: true,
    args: { projectId: t.arg.id({ required: true }), userId: t.arg.id({ required: true }) },
    resolve: (_root, { projectId, userId }, context) =>
      orNull(async () => {
        const id = await allowOne(context, 'project', 'Query.personQuality', projectId)
        return context.muster.quality.person(id, personOf(userId))
      }),
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
      orNull(async () => {
        const id = await allowOne(context, 'project', 'Query.agreement', projectId)
        return context.muster.quality.agreement(id, parse(agreementRequest, given(asked)))
      }),
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
      orNull(async () => {
        const id = await allowOne(context, 'project', 'Query.agreementMatrix', projectId)
        const named = formId == null ? {} : { formId: parse(uuid, formId, ['formId']) as FormId }
        return context.muster.quality.matrix(id, { ...of, ...named })
      }),
  }),
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
      orNull(async () => {
        const id = await allowOne(context, 'project', 'Query.positionEffects', projectId)
        return context.muster.tasks.positionEffects(id, parse(positionRequest, given(asked)))
      }),
  }),
}))
