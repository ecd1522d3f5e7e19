import type { Clock } from '../environment.ts'
import { ConflictError, MusterError, publicMessage, UnavailableError } from '../errors.ts'
import { type FitStores, refitWith } from '../quality/fit-use-cases.ts'
import type { Transactions } from '../transactions.ts'
import type { ScheduleStore } from './schedule-store.ts'

/** Fits made in one round. */
const BATCH = 10

interface RefitStores extends FitStores {
  readonly schedules: ScheduleStore
}

/** Dependencies of the fits that ticks ask for. */
export interface ScheduledRefitDeps {
  readonly transactions: Transactions<RefitStores>
  readonly clock: Clock
}

/** The tick was settled by another process, which has fitted. */
class SettledError extends Error {}

/**
 * Makes the fits that ticks have asked for. A fit takes seconds, so it is no part of the transaction of its tick; it is kept in one with the note that
 * the tick has it, so a process that dies in between leaves neither. Gives how many ticks it settled.
 */
export async function refitScheduled(deps: ScheduledRefitDeps): Promise<number> {
  const { schedules } = deps.transactions.stores
  let settled = 0
  for (const tick of await schedules.listPending(BATCH)) {
    const schedule = await schedules.find(tick.scheduleId)
    if (schedule === undefined || !('refit' in schedule.start)) {
      const error = {
        code: 'not_found',
        message: 'The schedule was removed or changed before the fit was made',
      }
      settled += Number(
        await deps.transactions.transaction((stores) => stores.schedules.settleTick(tick, error)),
      )
      continue
    }
    try {
      await refitWith(deps, schedule.projectId, schedule.start.refit, async (stores) => {
        if (!(await stores.schedules.settleTick(tick, null))) throw new SettledError()
      })
      settled += 1
    } catch (error) {
      // Somebody fits it now: then again, for answers may have come since they began.
      if (error instanceof ConflictError || error instanceof SettledError) continue
      if (!(error instanceof MusterError) || error instanceof UnavailableError) throw error
      const refusal = { code: error.code, message: publicMessage(error) }
      settled += Number(
        await deps.transactions.transaction((stores) => stores.schedules.settleTick(tick, refusal)),
      )
    }
  }
  return settled
}
