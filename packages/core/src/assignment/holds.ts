import type { NewFact } from '../events/event.ts'
import type { EndHolds } from '../people/people-use-cases.ts'
import type { AssignmentDeps, AssignmentStores } from './assignment-deps.ts'
import { isLive } from './assignment-lifecycle.ts'
import { followedBy, rulesFor, write } from './task/locked-task.ts'
import { endHold, endReservations, settleDue } from './task/task-work.ts'

/** Why work of somebody who was paused ends. */
export const QUALITY_PAUSED = 'quality_paused'

/**
 * Ends what a suspended or removed person holds, and what waits for them, task by task in their order, so that nobody waits in a
 * circle. All that was due on their submissions has been done before, as {@link EndHolds} asks.
 */
export function endHoldsWith(deps: AssignmentDeps): EndHolds<AssignmentStores> {
  return async (stores, userId, projectId, reason, by) => {
    const now = deps.clock.now()
    const taskIds = await stores.inboxes.listHeldOrReserved(userId, projectId ?? undefined)
    const facts: NewFact[] = []
    for (const taskId of taskIds) {
      const work = await stores.tasks.lockWork(taskId)
      if (work === undefined) continue
      const rules = await rulesFor(stores, deps, work.task, now, by)
      let changed = settleDue(work, rules)
      for (const row of changed.work.assignments.filter(
        (other) => other.userId === userId && isLive(other),
      )) {
        changed = followedBy(
          changed,
          endHold(changed.work, rules, row.assignmentId, reason, reason === QUALITY_PAUSED),
        )
      }
      changed = followedBy(changed, endReservations(changed.work, rules, userId))
      facts.push(...(await write(stores, deps, work, changed, now)).facts)
    }
    await stores.events.append(facts)
  }
}
