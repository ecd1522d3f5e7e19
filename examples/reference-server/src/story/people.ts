import { NoEligiblePersonError, type ProjectId, type Task } from '@muster/core'
import type { Muster } from '@muster/host'
import type { Actor } from './project.ts'
import type { Screen } from './screen.ts'
import { type SplitTask, tasksById } from './tasks.ts'
import { type Pulls, takeTurn } from './turn.ts'

const AFTER_ANNOTATION = ['adjudication', 'review'] as const satisfies Pulls

export interface Shift {
  readonly muster: Muster
  readonly projectId: ProjectId
  readonly actors: readonly Actor[]
  readonly screen: Screen
  readonly stop: AbortSignal
}

/** The scripted people work until nobody finds anything to do. Whoever is free takes what comes next. */
export function pullAll(shift: Shift): Promise<void> {
  return pullWork(shift, 'any')
}

/**
 * The same, where annotations are given out by strategies: each is pushed to the person it chooses, until there is nothing more to give. What is left then
 * waits for somebody who is not there.
 */
export async function pushAll(shift: Shift, pushed: readonly SplitTask[]): Promise<void> {
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
async function push({ muster, projectId, stop }: Shift, pushed: readonly SplitTask[]): Promise<number> {
  const tasks = await tasksById(muster, projectId)
  let given = 0
  for (const { taskId, givenBy } of pushed) {
    stop.throwIfAborted()
    const task = tasks.get(taskId)
    if (task === undefined || !atAnnotation(task)) continue
    try {
      await muster.assignments.assign({ taskId, strategy: givenBy })
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
