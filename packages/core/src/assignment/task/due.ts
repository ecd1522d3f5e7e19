import type { TaskId, UserId } from '../../ids.ts'
import type { TaskWork } from '../assignment.ts'
import type { AssignmentDeps } from '../assignment-deps.ts'
import { receivers } from './flow.ts'
import { availabilityOf, followedBy, rulesFor, write } from './locked-task.ts'
import { endAllPausedHolds, onLockedTask, settleTask } from './settled-task.ts'
import { completeAutomatic, settleDue } from './task-work.ts'

/** Tasks looked at in one go. */
const PAGE = 200

/** Goes of one sweep; what is left then is for the next one. */
const MAX_PAGES = 50

/**
 * Acts on everything that is due, task by task, up to `maxPages` times {@link PAGE}, and says how many tasks moved. One that fails does not keep the
 * others from it; the first failure is thrown at the end.
 */
export async function expireDue(deps: AssignmentDeps, maxPages: number = MAX_PAGES): Promise<number> {
  const { tasks } = deps.transactions.stores
  const sweep = new Sweep()
  for (let pages = 0; pages < maxPages; pages++) {
    const due = await tasks.listDue(deps.clock.now(), PAGE)
    const moved = await sweep.each(due, (taskId) => settleTask(deps, taskId))
    if (due.length < PAGE || moved === 0) break
  }
  for (let pages = 0; pages < maxPages; pages++) {
    const ended = await tasks.listAutomaticDone(PAGE)
    const done = ended.filter(({ state }) => state === 'completed').map(({ taskId }) => taskId)
    const moved = await sweep.each(done, (taskId) => passAutomatic(deps, taskId))
    if (done.length < PAGE || moved === 0) break
  }
  // A claim that looks once needs no more: the pause keeps from it all the same.
  if (maxPages > 1) await sweep.all(() => endAllPausedHolds(deps, PAGE))
  return sweep.end()
}

class Sweep {
  #moved = 0
  readonly #failures: unknown[] = []

  async each(taskIds: readonly TaskId[], act: (taskId: TaskId) => Promise<boolean>): Promise<number> {
    let moved = 0
    for (const taskId of taskIds) {
      try {
        if (await act(taskId)) moved += 1
      } catch (failure) {
        this.#failures.push(failure)
      }
    }
    this.#moved += moved
    return moved
  }

  /** Work that says itself how much it has moved. */
  async all(act: () => Promise<number>): Promise<void> {
    try {
      this.#moved += await act()
    } catch (failure) {
      this.#failures.push(failure)
    }
  }

  /** How many tasks moved. @throws the first failure, if there was one */
  end(): number {
    if (this.#failures.length > 0) throw this.#failures[0]
    return this.#moved
  }
}

/** Lets a task go on whose automatic step is done; whether it still stood there. */
async function passAutomatic(deps: AssignmentDeps, taskId: TaskId): Promise<boolean> {
  const waiting = (work: TaskWork): UserId[] => receivers(work, false)
  const outcome = await onLockedTask(deps, taskId, waiting, async (stores, work) => {
    const now = deps.clock.now()
    const rules = await rulesFor(stores, deps, work.task, now)
    const { jobId } = work.task
    const job = jobId === null ? undefined : await stores.jobs.find(jobId)
    if (job?.state !== 'completed') return { moved: false, jobs: false }
    const available = await availabilityOf(stores, work.task, rules.config, waiting(work))
    const settled = settleDue(work, rules, available)
    const changed = followedBy(settled, completeAutomatic(settled.work, rules, available))
    const { facts } = await write(stores, deps, work, changed, now)
    await stores.events.append(facts)
    return { moved: true, jobs: changed.automatic !== null }
  })
  if (outcome.jobs) deps.nudge()
  return outcome.moved
}
