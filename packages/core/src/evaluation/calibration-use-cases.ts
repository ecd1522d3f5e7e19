import { alpha, shuffled, stream } from '@muster/statistics'
import { openTasks, tasksAdded, type Way } from '../assignment/task/new-tasks.ts'
import { resultsOf } from '../assignment/task/task-results.ts'
import { ConflictError, NotFoundError, RunStateError, ValidationError } from '../errors.ts'
import { fact } from '../events/event.ts'
import type { FormQuestion } from '../forms/form.ts'
import type { CalibrationId, ProjectId, RunId, TaskId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { newestKey, page } from '../paging.ts'
import type { Run } from '../runs/run.ts'
import type { Calibration, CalibrationLabel, KeptCalibration, NewCalibration } from './calibration.ts'
import { type Drawn, type DrawSettings, drawUnits, membersOf, planOf, redraw } from './calibration-draw.ts'
import { type Beside, calibrationOf, LEAST_AGREED, labelsOf } from './calibration-estimate.ts'
import { calibrationExtension, newCalibration } from './calibration-input.ts'
import { type DrawnTask, readUnits, tasksOf } from './calibration-units.ts'
import type { CalibrationUseCases } from './calibrations.ts'
import type { EvaluationDeps, EvaluationStores } from './evaluation-deps.ts'
import { numberSaid } from './outside-scores.ts'
import { blindWay, checkTasks } from './people-tasks.ts'

/** Dependencies of calibrating. */
export interface CalibrationDeps extends EvaluationDeps {
  /** Cancels a task, as its manager does. */
  readonly cancelTask: (taskId: TaskId) => Promise<unknown>
}

const MOST_SEED = Number.MAX_SAFE_INTEGER

/** A calibration that may be drawn. */
interface Planned extends Drawn {
  readonly run: Run
  readonly models: readonly string[]
  readonly kind: 'share' | 'mean'
  readonly way: Way
  readonly unscored: number
  readonly settings: DrawSettings
}

/** Calibrating judges by people. */
export function calibrationUseCases(deps: CalibrationDeps): CalibrationUseCases {
  const { transactions, ids, clock, random } = deps
  const { stores } = transactions

  const demand = async (calibrationId: CalibrationId): Promise<KeptCalibration> => {
    const kept = await stores.calibrations.find(calibrationId)
    if (!kept) throw new NotFoundError('calibration', calibrationId)
    return kept
  }

  const planned = async (projectId: ProjectId, given: NewCalibration): Promise<Planned> => {
    const run = await stores.runs.find(given.runId as RunId)
    if (run?.projectId !== projectId)
      throw new ValidationError([{ path: 'runId', message: 'names no run of this project' }])
    if (run.status !== 'completed') throw new RunStateError('be calibrated', run.status)
    const models = given.models ?? run.config.models
    for (const [index, model] of models.entries()) {
      if (run.config.models.includes(model)) continue
      const message = `names no model of the run: ${model}`
      throw new ValidationError([{ path: `models[${index}]`, message }])
    }
    const way = await blindWay(stores, given.truth.projectId as ProjectId)
    const kind = kindOf(given, questionOf(way, given.truth.question))
    const { units, unscored } = await readUnits(deps, run, models, given)
    const settings: DrawSettings = {
      design: given.design ?? 'stratified',
      budget: given.budget,
      seed: given.seed ?? Math.floor(random.next() * MOST_SEED),
      range: given.range,
      strata: given.strata,
      floor: given.floor,
    }
    return { run, models, kind, way, unscored, settings, ...drawUnits(units, settings) }
  }

  const told = async (kept: KeptCalibration): Promise<Calibration> => {
    const { calibrationId, runId } = kept
    const frame = await stores.calibrations.findFrame(calibrationId)
    if (frame === undefined) throw new NotFoundError('calibration', calibrationId)
    const labels = await stores.calibrations.listLabels(calibrationId)
    const runVersion = (await stores.runs.find(runId))?.version
    return calibrationOf(kept, frame, labels, {
      runVersion,
      agreement: await agreementOf(stores, kept, labels),
    })
  }

  return {
    async plan(projectId, request) {
      const given = parse(newCalibration, request)
      const { models, unscored, kind, ...drawn } = await planned(projectId, given)
      const { range, target = 'scenarios' } = given
      return planOf(drawn, { models, unscored, range, kind, target })
    },

    async start(projectId, request) {
      const given = parse(newCalibration, request)
      const { run, models, kind, way, unscored, settings, frame, drawn } = await planned(projectId, given)
      const { runId: _run, models: _models, budget, design: _design, target = 'scenarios', ...asked } = given
      const kept: KeptCalibration = {
        calibrationId: ids.next() as CalibrationId,
        projectId,
        runId: run.runId,
        models,
        asked,
        design: settings.design,
        kind,
        target,
        seed: settings.seed,
        budget,
        planned: budget,
        cancelled: false,
        unscored,
        runVersion: run.version,
        createdAt: clock.now(),
      }
      const tasks = await drawnTasks(deps, kept, frame.keys, drawn)
      await checkTasks(
        deps,
        way,
        tasks.map(({ task }) => task),
      )
      await transactions.transaction(async (within) => {
        await within.calibrations.add(kept, frame)
        await ask(deps, within, kept, way, tasks)
      })
      return told(kept)
    },

    get: async (calibrationId) => told(await demand(calibrationId)),

    async list(projectId, request) {
      const { items, ...rest } = await page(
        request,
        ['calibrations', projectId],
        newestKey(({ calibrationId }: KeptCalibration) => calibrationId),
        (slice) => stores.calibrations.list(projectId, slice),
      )
      const calibrations: Calibration[] = []
      for (const kept of items) calibrations.push(await told(kept))
      return { items: calibrations, ...rest }
    },

    async extend(calibrationId, request) {
      const { budget } = parse(calibrationExtension, request)
      const kept = await demand(calibrationId)
      if (kept.cancelled) throw new ConflictError('The calibration was cancelled', { calibrationId })
      if (budget <= kept.budget) {
        const message = `must be more than ${kept.budget}, which it is now`
        throw new ValidationError([{ path: 'budget', message }])
      }
      const run = await stores.runs.find(kept.runId)
      if (run?.version !== kept.runVersion)
        throw new ConflictError('The run has changed since: draw from it anew', { calibrationId })
      const frame = await stores.calibrations.findFrame(calibrationId)
      if (frame === undefined) throw new NotFoundError('calibration', calibrationId)
      const before = new Set((await stores.calibrations.listLabels(calibrationId)).map(({ unit }) => unit))
      const strata = membersOf(frame).map((of) => of.filter((unit) => before.has(unit)).length)
      const { asked, design, seed } = kept
      const settings = { design, budget, seed, range: asked.range, strata: asked.strata, floor: asked.floor }
      const more = redraw(frame, settings, strata)
      const added = more.drawn.filter((unit) => !before.has(unit))
      const way = await blindWay(stores, asked.truth.projectId as ProjectId)
      const tasks = await drawnTasks(deps, kept, frame.keys, added)
      await checkTasks(
        deps,
        way,
        tasks.map(({ task }) => task),
      )
      const after = { ...kept, budget }
      await transactions.transaction(async (within) => {
        const now = await within.calibrations.lock(calibrationId)
        if (now?.budget !== kept.budget || now.cancelled)
          throw new ConflictError('The calibration was changed meanwhile', { calibrationId })
        await within.calibrations.save(after, more.frame)
        await ask(deps, within, after, way, tasks)
      })
      return told(after)
    },

    async cancel(calibrationId) {
      await demand(calibrationId)
      await transactions.transaction(async ({ calibrations }) => {
        const kept = await calibrations.lock(calibrationId)
        if (kept && !kept.cancelled) await calibrations.save({ ...kept, cancelled: true })
      })
      for (const { taskId, status } of await stores.calibrations.listLabels(calibrationId))
        if (status === 'open') await deps.cancelTask(taskId)
      return told(await demand(calibrationId))
    },

    async *units(calibrationId) {
      const { asked, kind, models } = await demand(calibrationId)
      const frame = await stores.calibrations.findFrame(calibrationId)
      if (frame === undefined) throw new NotFoundError('calibration', calibrationId)
      const labels = await stores.calibrations.listLabels(calibrationId)
      const byModel = models.map((_, model) => labelsOf({ asked, kind }, labels, model))
      for (const [unit, key] of frame.keys.entries()) {
        for (const [m, model] of models.entries()) {
          const label = byModel[m]?.get(unit)
          yield {
            key,
            model,
            pi: frame.pi[unit] as number,
            stratum: frame.strata === null ? null : (frame.strataNames[frame.strata[unit] as number] ?? null),
            score: frame.scores[m]?.[unit] as number,
            y: typeof label === 'number' ? label : null,
            drawn: label !== undefined,
          }
        }
      }
    },
  }
}

/** Tasks of these units, shuffled over units and models: their order says nothing of either. */
async function drawnTasks(
  deps: EvaluationDeps,
  { calibrationId, runId, models, asked, seed }: KeptCalibration,
  keys: readonly string[],
  drawn: readonly number[],
): Promise<DrawnTask[]> {
  const places = new Map(drawn.map((unit) => [keys[unit] as string, unit]))
  const tasks = await tasksOf(deps, calibrationId, { runId, models, taskPayload: asked.taskPayload }, places)
  return shuffled(stream(seed, 'calibration tasks'), tasks)
}

/** Makes the tasks, in the transaction that keeps what was drawn. */
async function ask(
  deps: EvaluationDeps,
  within: EvaluationStores,
  { calibrationId, projectId }: KeptCalibration,
  way: Way,
  tasks: readonly DrawnTask[],
): Promise<void> {
  const given = tasks.map(({ task }) => task)
  const { works, jobs, facts } = openTasks(deps, way, given, deps.clock.now())
  await within.tasks.add(works)
  if (jobs.length > 0) await within.jobs.add(jobs)
  await within.calibrations.addLabels(
    calibrationId,
    tasks.map(({ unit, model, repeat }, index) => ({
      unit,
      model,
      repeat,
      taskId: works[index]?.task.taskId as TaskId,
    })),
  )
  const units = new Set(tasks.map(({ unit }) => unit)).size
  await within.events.append([
    ...(works.length > 0 ? [tasksAdded(way.project.projectId, works)] : []),
    ...facts,
    fact(projectId, 'calibration_drawn', { calibrationId, units }),
  ])
}

/** The question of the truth, as an annotation step of the project asks it. */
function questionOf({ workflow, forms }: Way, question: string): FormQuestion {
  const [id] = question.split('.', 1)
  const asked = workflow.steps
    .filter(({ stepType }) => stepType === 'annotation')
    .flatMap(({ stepId }) => forms.get(null)?.get(stepId)?.questions ?? [])
    .find((each) => each.id === question || each.id === id)
  if (asked === undefined)
    throw new ValidationError([
      { path: 'truth.question', message: `names no question that is asked: ${question}` },
    ])
  return asked
}

function kindOf({ kind, truth: { map } }: NewCalibration, { type }: FormQuestion): 'share' | 'mean' {
  if (kind !== undefined) return kind
  const numbers = map === undefined ? undefined : Object.values(map)
  const isShare =
    numbers === undefined ? type === 'yesNo' : numbers.every((value) => value === 0 || value === 1)
  return isShare ? 'share' : 'mean'
}

/** How far people agree on the calibration's tasks that several answered; null if too few were. Read only where people could disagree. */
async function agreementOf(
  stores: EvaluationStores,
  { asked: { truth }, kind }: KeptCalibration,
  labels: readonly CalibrationLabel[],
): Promise<Beside['agreement']> {
  const completed = labels.filter(({ status }) => status === 'completed')
  if (completed.length < LEAST_AGREED) return null
  const mine = new Set(completed.map(({ taskId }) => taskId))
  const way = await blindWay(stores, truth.projectId as ProjectId).catch(() => undefined)
  const isAlone = way?.workflow.steps.every(
    ({ stepType, assignmentsRequired }) => stepType !== 'annotation' || assignmentsRequired === 1,
  )
  if (isAlone === true) return null
  const answers: number[][] = []
  for await (const { taskId, submissions } of resultsOf(stores, truth.projectId as ProjectId)) {
    if (!mine.has(taskId)) continue
    const numbers = submissions.flatMap(({ result }) => numberSaid(result, truth.question, truth.map) ?? [])
    if (numbers.length > 1) answers.push(numbers)
  }
  if (answers.length < LEAST_AGREED) return null
  const { interval } = alpha(answers, kind === 'share' ? {} : { difference: 'interval' })
  return interval === null ? null : { items: answers.length, high: interval.high }
}
