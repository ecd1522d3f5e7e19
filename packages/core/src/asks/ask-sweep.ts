import { rulesFor, write } from '../assignment/task/locked-task.ts'
import { onLockedTask } from '../assignment/task/settled-task.ts'
import { cancelTask, raiseTask } from '../assignment/task/task-work.ts'
import type { DueAsk } from '../jobs/asks/ask-store.ts'
import type { AskDeps } from './ask-desk.ts'
import { cancelSleeper } from './sleepers.ts'

/** Questions, and sleepers, looked at in one go. */
const BATCH = 200

/** The `endReason` of what people held of a task that nobody answered in time. */
const ASK_TIMED_OUT = 'ask_timed_out'

/**
 * Acts on questions whose time is up, and ends sleepers that are not to go on, some of each, one at a time. Says how many. One that fails does not keep the others from it;
 * the first failure is thrown at the end.
 */
export function askSweeper(deps: AskDeps): () => Promise<number> {
  const { asks } = deps.transactions.stores
  return async () => {
    let moved = 0
    const failures: unknown[] = []
    const each = async <Item>(
      items: readonly Item[],
      act: (item: Item) => Promise<boolean>,
    ): Promise<void> => {
      for (const item of items) {
        try {
          if (await act(item)) moved += 1
        } catch (failure) {
          failures.push(failure)
        }
      }
    }
    await each(await asks.listDue(deps.clock.now(), BATCH), (due) => timeOut(deps, due))
    await each(await asks.listStopped(BATCH), ({ jobId }) => cancelSleeper(deps, jobId))
    if (failures.length > 0) throw failures[0]
    return moved
  }
}

/** Nobody answered in time. A submission that comes at the same moment locks the same task: the first of the two counts. */
async function timeOut(deps: AskDeps, { taskId, onTimeout }: DueAsk): Promise<boolean> {
  return onLockedTask(
    deps,
    taskId,
    () => [],
    async (stores, work) => {
      if (work.task.status !== 'open') return false
      const now = deps.clock.now()
      const rules = await rulesFor(stores, deps, work.task, now)
      if (onTimeout === 'raise') await stores.asks.waitOn(taskId)
      else if (onTimeout === 'fail')
        await stores.asks.endTasks([taskId], { state: 'timedOut', answer: null, by: [] }, now)
      else await stores.asks.endTasks([taskId], { state: 'defaulted', answer: onTimeout.answer, by: [] }, now)
      const changed = onTimeout === 'raise' ? raiseTask(work, rules) : cancelTask(work, rules, ASK_TIMED_OUT)
      const { facts } = await write(stores, deps, work, changed, now)
      await stores.events.append(facts)
      return true
    },
  )
}
