import { AsyncLocalStorage } from 'node:async_hooks'
import type { CurrentCall, IdempotentCall, Persistence } from '@muster/core/ports'
import { DONE_UNANSWERED } from '@muster/core/rules'

/** Which call with an idempotency key the present work is part of, followed through all that it waits for. */
export class FollowedCalls implements CurrentCall {
  readonly #calls = new AsyncLocalStorage<IdempotentCall | undefined>()

  current(): IdempotentCall | undefined {
    return this.#calls.getStore()
  }

  outside<T>(work: () => T): T {
    return this.#calls.run(undefined, work)
  }

  within<T>(call: IdempotentCall, work: () => T): T {
    return this.#calls.run(call, work)
  }
}

/** `persistence`, each of whose transactions notes with what it writes that the call it is part of is done. */
export function notingCalls(persistence: Persistence, calls: CurrentCall): Persistence {
  return {
    stores: persistence.stores,
    transaction: (work) => {
      const call = calls.current()
      if (call === undefined) return persistence.transaction(work)
      return persistence.transaction(async (stores) => {
        const result = await work(stores)
        await stores.idempotency.finish(call, DONE_UNANSWERED)
        return result
      })
    },
    snapshot: (work) => persistence.snapshot(work),
    check: () => persistence.check(),
    ...(persistence.time && { time: persistence.time }),
    close: () => persistence.close(),
  }
}
