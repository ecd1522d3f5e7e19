import type { UserId } from '@muster/core'
import type { Belief, Fit, FitKey, FitStore, Skill } from '@muster/core/quality'
import { keyOf } from '../jobs/order.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { fitKey, type TaskTables } from './task-tables.ts'

/** Fits in memory. */
export class MemoryFitStore implements FitStore {
  readonly #tables: TaskTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.tasks
  }

  async believe(
    key: Omit<FitKey, 'question'>,
    questions: readonly string[],
    userIds: readonly UserId[],
  ): Promise<Belief[]> {
    return questions.map((question) => {
      const fit = this.#tables.fitsByKey.in(fitKey({ ...key, question })).at(-1)
      return {
        question,
        fit: fit ? { number: fit.number, prevalence: fit.prevalence } : null,
        people: userIds.map((userId) => {
          const skill = fit?.skills.find((one) => one.userId === userId)
          return {
            userId,
            fitted: skill ? { accuracy: skill.accuracy, labels: skill.labels } : null,
            since: { right: 0, wrong: 0 },
          }
        }),
      }
    })
  }

  async add(fit: Omit<Fit, 'number'>, skills: readonly Skill[]): Promise<Fit> {
    const { projectId, stepId, question } = fit
    const taken = [...this.#tables.fits.values()].flatMap((other) =>
      other.projectId === projectId && other.stepId === stepId && other.question === question
        ? [other.number]
        : [],
    )
    const kept: Fit = { ...fit, number: Math.max(0, ...taken) + 1 }
    this.#tables.fits.set(keyOf(projectId, stepId, question, kept.number), { ...kept, skills })
    return kept
  }
}
