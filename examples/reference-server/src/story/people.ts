import { NoEligiblePersonError, type ProjectId, type Task } from '@muster/core'
import type { Muster } from '@muster/host'
import type { Actor } from './project.ts'
import type { Screen } from './screen.ts'
import { addTasks, type PlannedTask, tasksByName } from './tasks.ts'
import { type Pulls, takeTurn } from './turn.ts'

const AFTER_ANNOTATION = ['adjudication', 'review'] as const satisfies Pulls

export interface Shift {
  readonly muster: Muster
  readonly projectId: ProjectId
  readonly actors: readonly Actor[]
  readonly screen: Screen
  readonly stop: AbortSignal
}

/**
 * The scripted people work until nobody can do anything more: the gold tasks first, which they pull and which measure them, then the others, whose annotations are
 * pushed to them. What is left then waits for somebody who is not there.
 */
export async function workThrough(shift: Shift, planned: readonly PlannedTask[]): Promise<void> {
  const { muster, projectId } = shift
  const gold = planned.filter(({ givenBy }) => givenBy === 'pull')
  const pushed = planned.filter(({ givenBy }) => givenBy !== 'pull')
  const before = await tasksByName(muster, projectId)
  // Once the others are there, pulling annotations would take what is to be pushed.
  if (!pushed.some(({ externalId }) => before.has(externalId))) {
    await addTasks(muster, projectId, gold)
    await pullWork(shift, 'any')
  }
  await addTasks(muster, projectId, planned)
  // Before the first push there may be what was given out, and not done, when the server was killed.
  do await pullWork(shift, AFTER_ANNOTATION)
  while ((await push(shift, pushed)) > 0)
  await pullWork(shift, 'any')
}

/**
 * Everybody takes turns. Who finds nothing sits out until nobody finds anything, since by then there may be something to review; it is over when a
 * round that all began has brought nothing.
 */
async function pullWork({ muster, projectId, actors, screen, stop }: Shift, pulls: Pulls): Promise<void> {
  const atWork = actors.filter(({ status }) => status === 'active')
  let done: number
  do {
    done = 0
    let busy = atWork
    while (busy.length > 0) {
      const found: Actor[] = []
      for (const actor of busy) {
        stop.throwIfAborted()
        const turn = await takeTurn(muster, projectId, actor, pulls)
        if (turn === 'nothing') continue
        found.push(actor)
        done += 1
        screen.draw([`People: ${actor.displayName} ${turn}`])
      }
      busy = found
    }
  } while (done > 0)
}

/** Gives every annotation that waits to the person its strategy chooses, where there is one. Says how many it gave. */
async function push({ muster, projectId, stop }: Shift, planned: readonly PlannedTask[]): Promise<number> {
  const tasks = await tasksByName(muster, projectId)
  let given = 0
  for (const { externalId, givenBy } of planned) {
    stop.throwIfAborted()
    const task = tasks.get(externalId)
    if (task === undefined || !atAnnotation(task)) continue
    try {
      await muster.assignments.assign({ taskId: task.taskId, strategy: givenBy })
      given += 1
    } catch (error) {
      // Nobody may now: everybody is at their limit, or it waits, which the report explains.
      if (!(error instanceof NoEligiblePersonError)) throw error
    }
  }
  return given
}

function atAnnotation({ status, currentStepId }: Task): boolean {
  return status === 'open' && currentStepId === 'annotate'
}
