import { DEFAULT_LEVEL } from '@muster/statistics'
import { NotFoundError, ValidationError } from '../errors.ts'
import type { Form, FormQuestion } from '../forms/form.ts'
import type { ProjectId, UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { compareTexts } from '../text-order.ts'
import type { Transactions } from '../transactions.ts'
import {
  type AgreementOptions,
  type GroupCounters,
  type Measured,
  measure,
  measurePair,
} from './agreement.ts'
import type { StepStores } from './asked-answers.ts'
import type { Counted, Counters } from './counters.ts'
import { KeptAlphas } from './kept-alphas.ts'
import type { AgreementBy, AgreementRequest, AgreementValue, QualityUseCases } from './quality.ts'
import { agreementRequest } from './quality-input.ts'
import type { QualityStore } from './quality-store.ts'
import { type Coefficient, coefficientsOf, isDiscrete, questionsOf } from './questions.ts'

/** Pairs with fewer tasks in common have only their number in a matrix. */
const LEAST_IN_COMMON = 10

/** The stores that the quality of work is read from. */
interface QualityStores extends StepStores {
  readonly quality: QualityStore
}

/** Dependencies of the use cases of quality. */
export interface QualityDeps {
  readonly transactions: Transactions<QualityStores>
}

/** A question that agreement is asked of, with where it stands. */
interface Asked {
  readonly counted: Counted
  readonly form: Form | undefined
  readonly question: FormQuestion
}

/** The agreement of the people who did a group of tasks: all, or those that require a skill. */
type MeasureGroup = (
  asked: Asked,
  skill: string | null,
  coefficient: Coefficient,
  group: GroupCounters,
  options: AgreementOptions,
) => Measured

/** The use cases of agreement. */
export function agreementUseCases({
  transactions: { stores },
}: QualityDeps): Pick<QualityUseCases, 'agreement' | 'matrix'> {
  const alphas = new KeptAlphas()

  /** Measures a group of tasks, or says what is known of it. */
  const measureGroup: MeasureGroup = ({ counted, question }, skill, coefficient, group, options) => {
    const compute = (): Measured => measure(coefficient, question, group, options)
    if (coefficient !== 'alpha' || isDiscrete(question)) return compute()
    const { level = DEFAULT_LEVEL, difference = null } = options
    const { projectId, stepId, formId, question: id } = counted
    return alphas.of([projectId, stepId, formId, id, skill, level, difference], group, compute)
  }

  return {
    async agreement(projectId, request = {}) {
      const { by = 'overall', coefficient, ...options } = parse(agreementRequest, request)
      const counters = await stores.quality.listCounters({ projectId, ...placeOf(request) }, by)
      const asked = await questionsAsked(stores, projectId, counters, request)
      checkCoefficient(asked, request)
      return asked.flatMap((one) => {
        const wanted = coefficientsOf(one.question, by === 'pair' ? 'pair' : 'overall').filter(
          (known) => coefficient === undefined || known === coefficient,
        )
        return by === 'pair'
          ? ofPairs(one, counters, wanted, options)
          : ofGroups(one, counters, by, wanted, options, measureGroup)
      })
    },

    async matrix(projectId, { stepId, question, formId }) {
      const request = parse(agreementRequest, { stepId, question })
      const counters = await stores.quality.listCounters({ projectId, stepId, question }, 'pair')
      const asked = await questionsAsked(stores, projectId, counters, request)
      const of =
        formId === undefined
          ? (asked.find(({ counted }) => counters.raters.some((one) => isOf(one, counted))) ?? asked[0])
          : asked.find(({ counted }) => counted.formId === formId)
      if (of === undefined)
        throw new ValidationError([{ path: 'formId', message: 'names no form of this step and question' }])
      const cells = pairsOf(of.counted, counters).map(({ a, b, pairs, shares }) => {
        const agreeing = measurePair('percent', of.form, of.question, { pairs, shares })
        const classes = coefficientsOf(of.question, 'pair').includes('cohen')
        const shown = agreeing.items >= LEAST_IN_COMMON
        const kappa =
          shown && classes ? measurePair('cohen', of.form, of.question, { pairs, shares }).value : null
        return { a, b, items: agreeing.items, percent: shown ? agreeing.value : null, cohen: kappa }
      })
      const people = [...new Set(cells.flatMap(({ a, b }) => [a, b]))].sort()
      return { formId: of.counted.formId, stepId, question, people, cells }
    },
  }
}

function placeOf({ stepId, question }: AgreementRequest): Pick<AgreementRequest, 'stepId' | 'question'> {
  return { stepId, question }
}

/**
 * The questions of the project that were answered, and those of its workflow that were not: by step, newest version of the form, and place in it.
 * @throws NotFoundError; ValidationError for a step or a question that there is none of
 */
async function questionsAsked(
  { projects, workflows, forms }: QualityStores,
  projectId: ProjectId,
  { raters, pairs, shares }: Counters,
  { stepId, question }: AgreementRequest,
): Promise<Asked[]> {
  const project = await projects.find(projectId)
  if (project === undefined) throw new NotFoundError('project', projectId)
  const workflow = project.workflowId === null ? undefined : await workflows.find(project.workflowId)
  const steps = (workflow?.steps ?? []).filter(({ stepType }) => stepType !== 'automatic')
  const places = new Map(steps.map((step, place) => [step.stepId, place]))
  const answered = [...raters, ...pairs, ...shares]
  const sources = new Map(
    [...steps, ...answered].map((of) => [
      `${of.stepId} ${of.formId ?? ''}`,
      { stepId: of.stepId, formId: of.formId },
    ]),
  )
  const ofStep = [...sources.values()].filter((one) => stepId === undefined || one.stepId === stepId)
  if (stepId !== undefined && ofStep.length === 0)
    throw new ValidationError([{ path: 'stepId', message: 'names no step of the project' }])
  const asked: Asked[] = []
  for (const source of ofStep) {
    const form = source.formId === null ? undefined : await forms.find(source.formId)
    for (const one of questionsOf(form)) {
      if (question !== undefined && one.id !== question) continue
      asked.push({ counted: { projectId, ...source, question: one.id }, form, question: one })
    }
  }
  if (question !== undefined && asked.length === 0)
    throw new ValidationError([{ path: 'question', message: 'names no question of the step' }])
  const place = ({ counted }: Asked): number => places.get(counted.stepId) ?? places.size
  return asked.sort(
    (one, other) =>
      place(one) - place(other) ||
      compareTexts(one.counted.stepId, other.counted.stepId) ||
      (other.form?.createdAt.getTime() ?? 0) - (one.form?.createdAt.getTime() ?? 0) ||
      compareTexts(one.form?.formId ?? '', other.form?.formId ?? ''),
  )
}

/** @throws ValidationError for a coefficient that none of the questions has */
function checkCoefficient(asked: readonly Asked[], { by, coefficient, question }: AgreementRequest): void {
  if (coefficient === undefined) return
  if ((coefficient === 'cohen') !== (by === 'pair') && (coefficient === 'cohen' || coefficient === 'fleiss'))
    throw new ValidationError([
      {
        path: 'coefficient',
        message: coefficient === 'cohen' ? 'is of pairs alone: ask with by=pair' : 'is of more than pairs',
      },
    ])
  const has = ({ question: one }: Asked): boolean =>
    coefficientsOf(one, by === 'pair' ? 'pair' : 'overall').includes(coefficient)
  if (question !== undefined && !asked.some(has))
    throw new ValidationError([{ path: 'coefficient', message: 'is not for answers to this question' }])
}

function ofGroups(
  asked: Asked,
  counters: Counters,
  by: Exclude<AgreementBy, 'pair'>,
  coefficients: readonly Coefficient[],
  options: AgreementOptions,
  measureGroup: MeasureGroup,
): AgreementValue[] {
  const { counted } = asked
  const raters = counters.raters.filter((one) => isOf(one, counted))
  const skills = by === 'overall' ? [null] : [...new Set(raters.flatMap(({ skill }) => skill ?? []))].sort()
  return skills.flatMap((skill) => {
    const mine = <Row extends Counted & { readonly skill: string | null }>(rows: readonly Row[]): Row[] =>
      rows.filter((row) => row.skill === skill && isOf(row, counted))
    const group = {
      compositions: mine(counters.compositions),
      shares: mine(counters.shares),
      raters: mine(raters),
    }
    return coefficients.map((coefficient) => ({
      ...placed(counted),
      group: skill === null ? null : { skill },
      coefficient,
      ...measureGroup(asked, skill, coefficient, group, options),
    }))
  })
}

function ofPairs(
  { counted, form, question }: Asked,
  counters: Counters,
  coefficients: readonly Coefficient[],
  options: AgreementRequest,
): AgreementValue[] {
  return pairsOf(counted, counters).flatMap(({ a, b, ...mine }) =>
    coefficients.map((coefficient) => ({
      ...placed(counted),
      group: { a, b },
      coefficient,
      ...measurePair(coefficient, form, question, mine, options),
    })),
  )
}

interface PairOf extends Pick<Counters, 'pairs' | 'shares'> {
  readonly a: UserId
  readonly b: UserId
}

/** The counters of each two people, by their ids. */
function pairsOf(counted: Counted, counters: Counters): PairOf[] {
  const cells = counters.pairs.filter((one) => isOf(one, counted))
  const shares = counters.shares.filter((one) => isOf(one, counted))
  const cellsOf = Map.groupBy(cells, ({ a, b }) => `${a} ${b}`)
  const sharesOf = Map.groupBy(shares, ({ pair }) => `${pair?.a} ${pair?.b}`)
  return [...new Set([...cellsOf.keys(), ...sharesOf.keys()])].sort().map((key) => {
    const [a, b] = key.split(' ') as [UserId, UserId]
    return { a, b, pairs: cellsOf.get(key) ?? [], shares: sharesOf.get(key) ?? [] }
  })
}

function isOf(one: Counted, { stepId, formId, question }: Counted): boolean {
  return one.stepId === stepId && one.formId === formId && one.question === question
}

function placed({
  formId,
  stepId,
  question,
}: Counted): Pick<AgreementValue, 'formId' | 'stepId' | 'question'> {
  return { formId, stepId, question }
}
