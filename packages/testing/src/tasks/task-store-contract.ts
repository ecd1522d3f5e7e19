import { afterEach, beforeEach, describe } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { taskAheadCases } from './task-ahead-cases.ts'
import { taskClaimCases } from './task-claim-cases.ts'
import { taskDecisionCases } from './task-decision-cases.ts'
import { taskGeneratedCases } from './task-generated-cases.ts'
import { taskMoveCases } from './task-move-cases.ts'
import { taskOverlapCases } from './task-overlap-cases.ts'
import { taskOverviewCases } from './task-overview-cases.ts'
import { taskQueueCases } from './task-queue-cases.ts'
import { taskRowCases } from './task-row-cases.ts'
import { taskShelfCases } from './task-shelf-cases.ts'
import { taskSurveyCases } from './task-survey-cases.ts'
import { TaskWorld } from './task-world.ts'

/**
 * Everything that {@link TaskStore} promises, case by case. `worlds` is about how many random worlds are compared with a scan by the rules (default
 * 500).
 */
export function taskStoreContract(
  name: string,
  open: OpenAdapter,
  { worlds = 500 }: { readonly worlds?: number } = {},
): void {
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
    taskOverlapCases(() => world)
    taskClaimCases(
      () => world,
      (steps) => TaskWorld.in(adapter, steps),
    )
    taskAheadCases(() => world)
    taskOverviewCases(
      () => world,
      (steps) => TaskWorld.in(adapter, steps),
    )
    taskMoveCases(
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
    taskSurveyCases(
      () => world,
      (...asked) => TaskWorld.in(adapter, ...asked),
    )
    taskGeneratedCases(() => adapter, worlds)
  })
}
