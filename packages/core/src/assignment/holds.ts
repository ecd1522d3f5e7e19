import type { NewFact } from '../events/event.ts'
import type { TaskId } from '../ids.ts'
import type { EndHolds } from '../people/use-cases.ts'
import type { AssignmentDeps, AssignmentStores } from './deps.ts'
import { isLive } from './lifecycle.ts'
import { followedBy, rulesFor, write } from './locked-task.ts'
import { endHold, settleDue } from './task-work.ts'

/** Ends what a suspended or removed person holds, task by task in their order, so that nobody waits in a circle. */
export function endHoldsWith(deps: AssignmentDeps): EndHolds<AssignmentStores> {
  return async (stores, userId, projectId, reason) => {
    const now = deps.clock.now()
    const live = await stores.tasks.liveOf(userId, projectId ?? undefined)
    const held = new Set<TaskId>()
    for (const assignmentId of live) {
      const row = await stores.tasks.findAssignment(assignmentId)
      if (row) held.add(row.taskId)
    }
    const taskIds = [...held].sort()
    const facts: NewFact[] = []
    for (const taskId of taskIds) {
      const work = await stores.tasks.lockWork(taskId)
      if (work === undefined) continue
      const rules = await rulesFor(stores, work.task, now)
      let changed = settleDue(work, rules)
      for (const row of changed.work.assignments.filter(
        (other) => other.userId === userId && isLive(other),
      )) {
        changed = followedBy(changed, endHold(changed.work, rules, row.assignmentId, reason))
      }
      facts.push(...(await write(stores, deps, work, changed, now)).facts)
    }
    await stores.events.append(facts)
  }
}
