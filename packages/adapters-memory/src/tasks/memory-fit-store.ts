import type { Json, ProjectId, Task, TaskId, UserId } from '@muster/core'
import type { Slice } from '@muster/core/ports'
import type {
  Belief,
  CountedTasks,
  Fit,
  FitKey,
  FitListKey,
  FitStore,
  FitWithSkills,
  GoldCounts,
  SettledKey,
  SettledTask,
  ShownWork,
  Skill,
  TaskWay,
} from '@muster/core/quality'
import { formIdAt, purposeOf } from '@muster/core/quality'
import { byText, keyOf } from '../jobs/order.ts'
import type { MemoryContext, MemoryTables } from '../tables/tables.ts'
import { fitKey, type KeptFit } from './task-tables.ts'

/** Fits in memory. */
export class MemoryFitStore implements FitStore {
  readonly #tables: MemoryTables['tasks']
  readonly #quality: MemoryTables['quality']

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.tasks
    this.#quality = tables.quality
  }

  async believe(
    key: Omit<FitKey, 'question'>,
    questions: readonly string[],
    userIds: readonly UserId[],
  ): Promise<Belief[]> {
    return questions.map((question) => {
      const fit = this.#tables.fitsByKey.in(fitKey({ ...key, question })).at(-1)
      const skills = new Map(fit?.skills.map((skill) => [skill.userId, skill]))
      return {
        question,
        fit: fit ? { number: fit.number, prevalence: fit.prevalence } : null,
        people: userIds.map((userId) => {
          const skill = skills.get(userId)
          return {
            userId,
            fitted: skill ? { accuracy: skill.accuracy, labels: skill.labels } : null,
            since: since(this.#gold(key, question, userId), fit?.gold[userId]),
          }
        }),
      }
    })
  }

  async add(fit: Omit<Fit, 'number'>, counted: number, skills: readonly Skill[]): Promise<Fit> {
    const { projectId, stepId, question } = fit
    const taken = [...this.#tables.fits.values()].flatMap((other) =>
      other.projectId === projectId && other.stepId === stepId && other.question === question
        ? [other.number]
        : [],
    )
    const kept: Fit = { ...fit, number: Math.max(0, ...taken) + 1 }
    this.#tables.fits.set(keyOf(projectId, stepId, question, kept.number), {
      ...kept,
      counted,
      gold: Object.fromEntries(skills.map(({ userId }) => [userId, this.#gold(fit, question, userId)])),
      skills: skills.toSorted((one, other) => byText(one.userId, other.userId)),
    })
    return kept
  }

  async list(
    where: Parameters<FitStore['list']>[0],
    { limit, after }: Slice<FitListKey>,
  ): Promise<FitWithSkills[]> {
    return [...this.#tables.fits.values()]
      .filter(
        (fit) =>
          fit.projectId === where.projectId &&
          (where.stepId === undefined || fit.stepId === where.stepId) &&
          (where.question === undefined || questionOf(fit) === where.question) &&
          (after === undefined || newestFirst(fit, after) > 0),
      )
      .sort(newestFirst)
      .slice(0, limit)
      .map(({ counted: _counted, gold: _gold, ...fit }) => fit)
  }

  async listCounted({
    projectId,
    least = Number.NEGATIVE_INFINITY,
  }: Parameters<FitStore['listCounted']>[0]): Promise<CountedTasks[]> {
    const found = new Map<string, { -readonly [Field in keyof CountedTasks]: CountedTasks[Field] }>()
    for (const counter of this.#quality.compositions.values()) {
      const { formId, stepId, question, skill, tasks } = counter
      if (skill !== null || formId === null) continue
      if (projectId !== undefined && counter.projectId !== projectId) continue
      const key = { projectId: counter.projectId, stepId, formId, question }
      const row = found.get(fitKey(key)) ?? { ...key, settled: 0, atFit: this.#countedAt(key) }
      row.settled += tasks
      found.set(fitKey(key), row)
    }
    return [...found]
      .sort(([one], [other]) => byText(one, other))
      .map(([, row]) => row)
      .filter(({ settled, atFit }) => settled > 0 && settled - atFit >= least)
  }

  async take(key: FitKey, now: Date, until: Date): Promise<boolean> {
    const lease = this.#tables.fitLeases.get(fitKey(key))
    if (lease && lease.until > now) return false
    this.#tables.fitLeases.set(fitKey(key), { until })
    return true
  }

  async release(key: FitKey): Promise<void> {
    this.#tables.fitLeases.delete(fitKey(key))
  }

  async listWays(projectId: ProjectId): Promise<TaskWay[]> {
    const ways = new Map<string, TaskWay>()
    for (const { workflowId, formId } of this.#tables.completedTasks.in(projectId))
      ways.set(keyOf(workflowId, formId ?? ''), { workflowId, formId })
    return [...ways.values()]
  }

  async readShown(
    { projectId, stepIds, questions }: Parameters<FitStore['readShown']>[0],
    { limit, after }: Slice<{ readonly taskId: TaskId }>,
  ): Promise<ShownWork[]> {
    const index = this.#tables.completedTasks
    const start = after ? index.placeOf(projectId, ({ taskId }) => taskId <= after.taskId) : 0
    const tasks = index.in(projectId).slice(start, start + limit)
    return tasks.map(({ taskId, workflowId, formId }) => ({
      taskId,
      workflowId,
      formId,
      answers: this.#tables.slotsByTask.in(taskId).flatMap(({ stepId, state, assignmentId }) => {
        const row = assignmentId === null ? undefined : this.#tables.assignments.get(assignmentId)
        if (state !== 'done' || row === undefined || !stepIds.includes(stepId)) return []
        const given = questions.map((question) => [question, memberOf(row.result, question)] as const)
        const answers = Object.fromEntries(given.filter(([, answer]) => answer !== null))
        return [{ stepId, answers, sides: row.presentation?.sides ?? null }]
      }),
    }))
  }

  async readSettled(
    key: FitKey,
    { limit, after }: Slice<SettledKey>,
    withPayload: boolean,
  ): Promise<{ readonly tasks: SettledTask[]; readonly next: SettledKey | undefined }> {
    const index = this.#tables.tasksByAge
    const start = after ? index.placeOf(key.projectId, (task) => isUpTo(task, after)) : 0
    const read = index.in(key.projectId).slice(start, start + limit)
    const last = read.at(-1)
    const more = last !== undefined && read.length === limit
    return {
      tasks: read.flatMap((task) => this.#settled(task, key, withPayload)),
      next: more ? { createdAt: last.createdAt, taskId: last.taskId } : undefined,
    }
  }

  #gold(
    { projectId, stepId }: Pick<FitKey, 'projectId' | 'stepId'>,
    question: string,
    userId: UserId,
  ): GoldCounts {
    const counts = { right: 0, wrong: 0 }
    for (const known of this.#quality.known.values()) {
      if (known.projectId !== projectId || known.stepId !== stepId) continue
      if (known.question !== question || known.userId !== userId) continue
      counts[known.right ? 'right' : 'wrong'] += known.times
    }
    return counts
  }

  #settled(task: Task, { stepId, formId, question }: FitKey, withPayload: boolean): SettledTask[] {
    const { taskId, externalId, gold, payload } = task
    const workflow = this.#tables.workflows.get(task.workflowId)
    const slots = this.#tables.slotsByTask.in(taskId).filter((slot) => slot.stepId === stepId)
    const done = slots.filter(({ state }) => state === 'done')
    const isControl = purposeOf(task) === 'control'
    const isComplete = done.length > 0 && done.length === slots.length && task.currentStepId !== stepId
    if (!isComplete && !(isControl && done.length > 0)) return []
    if (workflow === undefined || formIdAt(workflow, stepId, task.formId) !== formId) return []
    return [
      {
        taskId,
        externalId,
        gold: memberOf(gold, question),
        payload: withPayload ? payload : null,
        isControl,
        answers: done.flatMap(({ assignmentId }) => {
          const row = assignmentId === null ? undefined : this.#tables.assignments.get(assignmentId)
          return row ? [{ userId: row.userId, answer: memberOf(row.result, question) }] : []
        }),
      },
    ]
  }

  /** How many tasks had been counted when the question, or a criterion of it, was fitted last. */
  #countedAt(key: FitKey): number {
    const fits = [...this.#tables.fits.values()].filter(
      (fit) => fitKey({ ...fit, question: questionOf(fit) }) === fitKey(key),
    )
    return fits.sort(newestFirst)[0]?.counted ?? 0
  }
}

function since(now: GoldCounts, before: GoldCounts = { right: 0, wrong: 0 }): GoldCounts {
  return { right: Math.max(0, now.right - before.right), wrong: Math.max(0, now.wrong - before.wrong) }
}

/** The question that a fit, perhaps of one criterion, is of. */
function questionOf({ question }: Pick<KeptFit, 'question'>): string {
  return question.split('.', 1)[0] ?? question
}

function newestFirst(one: FitListKey, other: FitListKey): number {
  return (
    other.fittedAt.getTime() - one.fittedAt.getTime() ||
    byText(other.stepId, one.stepId) ||
    byText(other.question, one.question) ||
    other.number - one.number
  )
}

function isUpTo(task: Task, { createdAt, taskId }: SettledKey): boolean {
  const later = task.createdAt.getTime() - createdAt.getTime()
  return later < 0 || (later === 0 && task.taskId <= taskId)
}

function memberOf(value: Json, name: string): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  return Object.hasOwn(value, name) ? ((value as { readonly [name: string]: Json })[name] ?? null) : null
}
