import type { JobId, Json, TaskId } from '@muster/core'
import { type JobAsk, lifeOf } from '@muster/core/asks'
import type { ActiveJob, JobWithResult, Stores } from '@muster/core/ports'
import { must } from './violation.ts'

/** The rules about jobs that ask people, and sleep until these have answered. */
export class SleeperRules {
  /** Questions as of the last commit, by job and name. */
  readonly #asks = new Map<string, JobAsk>()
  /** How many jobs have fallen asleep, and how many questions have ended in each way. */
  readonly counts = new Map<string, number>()
  readonly #asleep = new Set<JobId>()

  /** The tasks of open questions as of the last commit. */
  get open(): TaskId[] {
    return [...this.#asks.values()].flatMap(({ state, taskId }) => (state === 'open' ? [taskId] : []))
  }

  /** @throws ViolationError */
  async look(
    { asks, tasks }: Stores,
    begun: readonly ActiveJob[],
    jobs: ReadonlyMap<JobId, JobWithResult>,
  ): Promise<void> {
    for (const job of jobs.values()) {
      if (questionsOf(job.payload) === 0) continue
      const life = await lifeOf(asks, job.jobId)
      for (const ask of life.asks) this.#meet(job, ask)
      if (job.asleep && !this.#asleep.has(job.jobId)) this.#count('job asleep')
      if (job.asleep) this.#asleep.add(job.jobId)
      else this.#asleep.delete(job.jobId)
      const open = life.asks.filter(({ state }) => state === 'open')
      // One that a cut has ended keeps its questions until a scheduler comes by.
      const isOpen = job.state === 'pending' || job.state === 'active'
      const isAwake = isOpen && !job.asleep
      must('One that is awake has no open question', !isAwake || open.length === 0, () => job.jobId)
      must('A sleeper has its questions', !job.asleep || life.asks.length > 0, () => job.jobId)
      if (isOpen) await this.#checkTasks(tasks, open)
      if (begun.some(({ jobId }) => jobId === job.jobId))
        must('A sleeper goes on with all its answers', open.length === 0, () => job.jobId)
    }
  }

  #meet({ jobId }: JobWithResult, ask: JobAsk): void {
    const known = this.#asks.get(`${jobId} ${ask.name}`)
    const what = (): string => `${jobId} ${ask.name}`
    must('A question has one task', known === undefined || known.taskId === ask.taskId, what)
    const changed = known !== undefined && known.state !== 'open' && known.state !== ask.state
    must('A question ends once', !changed, what)
    const isSame = known?.state !== ask.state || JSON.stringify(known.answer) === JSON.stringify(ask.answer)
    must('An answer stays as it was given', known === undefined || known.state === 'open' || isSame, what)
    if (known?.state !== ask.state) this.#count(`question ${ask.state}`)
    this.#asks.set(`${jobId} ${ask.name}`, ask)
  }

  async #checkTasks(tasks: Stores['tasks'], open: readonly JobAsk[]): Promise<void> {
    for (const { taskId, name } of open) {
      const task = await tasks.find(taskId)
      must('An open question has an open task', task?.status === 'open', () => `${name}: ${taskId}`)
    }
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }
}

/** How many questions a job of a simulation asks. */
export function questionsOf(payload: Json): number {
  return (payload as { readonly questions?: number } | null)?.questions ?? 0
}
