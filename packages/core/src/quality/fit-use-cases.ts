import { accuracySince, DEFAULT_LEVEL } from '@muster/statistics'
import type { Clock } from '../environment.ts'
import { ConflictError, NotFoundError } from '../errors.ts'
import { type FiniteQuestion, finiteParts } from '../forms/finite.ts'
import type { Form, FormQuestion } from '../forms/form.ts'
import type { FormStore } from '../forms/form-store.ts'
import type { ProjectId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { type Page, page } from '../paging.ts'
import type { Transactions } from '../transactions.ts'
import { type Aggregate, aggregated } from './aggregation.ts'
import { type AnswersMeant, type AskedStores, answersMeant } from './asked-answers.ts'
import { type FitKey, NEWCOMER } from './believed.ts'
import { aggregatesAsked, answersAsked, strengthsAsked } from './fit-input.ts'
import type { FitStore, FitWithSkills, SettledKey, SettledTask } from './fit-store.ts'
import type { AggregatesAsked, AnswersAsked, FitUseCases } from './fits.ts'
import { type AnswerLabels, fitAccuracies, LabelGatherer } from './labels.ts'
import { StrengthGatherer } from './strengths.ts'

/** Tasks read by one statement. */
const PAGE = 5_000
/** As many with their payloads, which may be large. */
const PAGE_WITH_PAYLOAD = 500

/** For how long a process has a question to fit alone; a fit of a million answers takes seconds. */
const ALONE_MS = 120_000

/** Fewest new tasks, and fewest of all tasks, after which a question is fitted again. */
const FEWEST_NEW = 50
const SHARE_NEW = 0.1

/** The stores that fits read and write. */
export interface FitStores extends AskedStores {
  readonly fits: FitStore
  readonly forms: FormStore
}

/** Dependencies of the use cases of fits. */
export interface FitDeps<Stores extends FitStores = FitStores> {
  readonly transactions: Transactions<Stores>
  readonly clock: Clock
}

/** The use cases of fits. */
export function fitUseCases(deps: FitDeps): FitUseCases {
  const { stores } = deps.transactions

  const aggregateAll = async (projectId: ProjectId, asked: AggregatesAsked): Promise<Iterable<Aggregate>> => {
    const { method = 'oneCoin', ...of } = parse(aggregatesAsked, asked)
    const meant = await answersMeant(stores, projectId, of, hasFiniteParts)
    const part = partOf(meant)
    const { labels } = await gather(stores.fits, meant.key, part)
    const accuracy = method === 'weighted' ? await accuraciesOf(stores.fits, meant.key, part, labels) : []
    return aggregated(method, part, meant.question, labels, accuracy)
  }

  return {
    refit: (projectId, asked = {}) => refitWith(deps, projectId, asked),

    async fits(projectId, where, request) {
      const { stepId, question } = parse(answersAsked, where)
      if ((await stores.projects.find(projectId)) === undefined) throw new NotFoundError('project', projectId)
      return page(
        request,
        ['fits', projectId, stepId ?? null, question ?? null],
        (fit: FitWithSkills) => ({
          fittedAt: fit.fittedAt,
          stepId: fit.stepId,
          question: fit.question,
          number: fit.number,
        }),
        (slice) => stores.fits.list({ projectId, stepId, question }, slice),
      )
    },

    async *aggregates(projectId, asked = {}) {
      yield* await aggregateAll(projectId, asked)
    },

    async aggregatesPage(projectId, asked, request) {
      const of = parse(aggregatesAsked, asked)
      const all = [...(await aggregateAll(projectId, of))]
      return pageOf(all, request, ['aggregates', projectId, of])
    },

    async strengths(projectId, asked = {}) {
      const { level = DEFAULT_LEVEL, ...of } = parse(strengthsAsked, asked)
      const meant = await answersMeant(stores, projectId, of, (_, one) => one.type === 'pairwise')
      const { key, form, question, criterion } = meant
      if (question.type !== 'pairwise') throw new RangeError(`${question.id} compares nothing`)
      const gatherer = new StrengthGatherer(form, question, criterion)
      for await (const task of settled(stores.fits, key, true)) gatherer.add(task)
      const { stepId, formId } = key
      return { formId, stepId, question: question.id, criterion, ...gatherer.strengths(level) }
    },
  }
}

/**
 * Fits a question. `kept` is done in the transaction that keeps the fit.
 * @throws ValidationError, NotFoundError; ConflictError while somebody else fits it
 */
export async function refitWith<Stores extends FitStores>(
  deps: FitDeps<Stores>,
  projectId: ProjectId,
  asked: AnswersAsked,
  kept?: (stores: Stores) => Promise<void>,
): Promise<FitWithSkills> {
  const of = parse(answersAsked, asked)
  const meant = await answersMeant(deps.transactions.stores, projectId, of, hasFiniteParts)
  const fit = await fitAlone(deps, meant.key, partOf(meant), kept)
  if (fit === undefined) throw new ConflictError('The answers are being fitted; try again', { ...of })
  return fit
}

/**
 * Fits again what has had enough new answers since its newest fit: 50 tasks, and a tenth of all. Any number of processes may do it at once: each question is fitted by
 * one of them. Gives how many were fitted.
 */
export async function refitDue(deps: FitDeps): Promise<number> {
  const { fits, forms } = deps.transactions.stores
  let fitted = 0
  for (const { settled: now, atFit, ...key } of await fits.listCounted({ least: FEWEST_NEW })) {
    if (!isDue(now, atFit)) continue
    const form = await forms.find(key.formId)
    const question = form?.questions.find(({ id }) => id === key.question)
    if (form === undefined || question === undefined) continue
    for (const part of finiteParts(form, question)) if (await fitAlone(deps, key, part)) fitted += 1
  }
  return fitted
}

/** Whether so many tasks have gone on since a fit that another is due. */
export function isDue(settledNow: number, atFit: number): boolean {
  return settledNow - atFit >= Math.max(FEWEST_NEW, settledNow * SHARE_NEW)
}

/** Fits a question, unless somebody else does at this moment. `key`: of the question as a whole. */
async function fitAlone<Stores extends FitStores>(
  { transactions, clock }: FitDeps<Stores>,
  key: FitKey,
  part: FiniteQuestion,
  kept?: (stores: Stores) => Promise<void>,
): Promise<FitWithSkills | undefined> {
  const now = clock.now()
  const own: FitKey = { ...key, question: part.key }
  const taken = await transactions.transaction(({ fits }) =>
    fits.take(own, now, new Date(now.getTime() + ALONE_MS)),
  )
  if (!taken) return undefined
  try {
    const { fits } = transactions.stores
    const counted = await countedOf(fits, key)
    const { labels, tasks } = await gather(fits, key, part)
    const fitted = fitAccuracies(labels)
    const skills = labels.people.map((userId, place) => ({
      userId,
      accuracy: fitted.accuracy[place] ?? NEWCOMER.accuracy,
      labels: fitted.labels[place] ?? 0,
    }))
    const fit = await transactions.transaction(async (stores) => {
      await kept?.(stores)
      return stores.fits.add(
        {
          ...own,
          method: 'oneCoin',
          settled: tasks,
          prevalence: [...fitted.prevalence],
          rounds: fitted.rounds,
          converged: fitted.converged,
          fittedAt: clock.now(),
        },
        counted,
        skills,
      )
    })
    return { ...fit, skills }
  } finally {
    await transactions.transaction(({ fits }) => fits.release(own))
  }
}

function hasFiniteParts(form: Form, question: FormQuestion): boolean {
  return finiteParts(form, question).length > 0
}

async function countedOf(fits: FitStore, key: FitKey): Promise<number> {
  const counted = await fits.listCounted({ projectId: key.projectId })
  const mine = counted.find(
    ({ stepId, formId, question }) =>
      stepId === key.stepId && formId === key.formId && question === key.question,
  )
  return mine?.settled ?? 0
}

/** All answers to a question, and how many tasks that are no controls have one. */
async function gather(
  fits: FitStore,
  key: FitKey,
  part: FiniteQuestion,
): Promise<{ readonly labels: AnswerLabels; readonly tasks: number }> {
  const gatherer = new LabelGatherer(part)
  for await (const task of settled(fits, key, false)) gatherer.add(task)
  const labels = gatherer.labels()
  const answered = new Set(labels.given.items)
  const controls = labels.tasks.filter(({ isControl }, item) => isControl && answered.has(item)).length
  return { labels, tasks: answered.size - controls }
}

async function* settled(fits: FitStore, key: FitKey, withPayload: boolean): AsyncGenerator<SettledTask> {
  let after: SettledKey | undefined
  do {
    const limit = withPayload ? PAGE_WITH_PAYLOAD : PAGE
    const { tasks, next } = await fits.readSettled(key, { limit, after }, withPayload)
    yield* tasks
    after = next
  } while (after !== undefined)
}

/** How often each person of the labels is right, by the newest fit. */
async function accuraciesOf(
  fits: FitStore,
  { question: _question, ...key }: FitKey,
  part: FiniteQuestion,
  { people }: AnswerLabels,
): Promise<number[]> {
  const [belief] = await fits.believe(key, [part.key], people)
  return (belief?.people ?? []).map(({ fitted, since }) => accuracySince(fitted ?? NEWCOMER, since))
}

/** @throws RangeError for answers that are not finite, which were refused */
function partOf({ part, question }: AnswersMeant): FiniteQuestion {
  if (part === undefined) throw new RangeError(`${question.id} has no finite answers`)
  return part
}

/** A page of a list that is at hand, in the order of taskId. */
async function pageOf(
  all: readonly Aggregate[],
  request: Parameters<typeof page>[0],
  filters: readonly unknown[],
): Promise<Page<Aggregate>> {
  return page(
    request,
    filters,
    ({ taskId }: Aggregate) => ({ taskId }),
    async ({ limit, after }) => {
      const from = after === undefined ? 0 : all.findIndex(({ taskId }) => taskId > after.taskId)
      return from === -1 ? [] : all.slice(from, from + limit)
    },
  )
}
