import { afterEach, beforeEach, describe } from 'vitest'
import { DEFAULT_ASSIGNMENT_CONFIG } from '../people/config.ts'
import type { OpenAdapter, OpenPersistence } from './open-adapter.ts'
import { taskClaimCases } from './task-claim-cases.ts'
import { taskDecisionCases } from './task-decision-cases.ts'
import { taskGeneratedCases } from './task-generated-cases.ts'
import { taskQueueCases } from './task-queue-cases.ts'
import { taskRowCases } from './task-row-cases.ts'
import { taskShelfCases } from './task-shelf-cases.ts'
import { TaskWorld } from './task-world.ts'

/** Everything that {@link TaskStore} promises, case by case. */
export function taskStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a TaskStore`, () => {
    let adapter: OpenPersistence
    let world: TaskWorld
    beforeEach(async () => {
      adapter = await open()
      world = await TaskWorld.in(adapter)
    })
    afterEach(() => adapter.close())

    taskRowCases(
      () => world,
      () => TaskWorld.in(adapter),
    )
    taskClaimCases(
      () => world,
      (steps) => TaskWorld.in(adapter, steps),
    )
    taskShelfCases(
      () => world,
      (steps) => TaskWorld.in(adapter, steps),
    )
    taskQueueCases(
      () => world,
      (steps, wish) => TaskWorld.in(adapter, steps, wish),
    )
    taskDecisionCases(
      () => world,
      (steps, wish) => TaskWorld.in(adapter, steps, wish),
    )
    taskGeneratedCases((steps, { pairs }) =>
      TaskWorld.in(adapter, steps, {
        assignment: { ...DEFAULT_ASSIGNMENT_CONFIG, crossStepExclusionPairs: pairs },
      }),
    )
  })
}
