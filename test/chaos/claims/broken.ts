import type { UserId } from '@muster/core'
import type { Persistence, Stores } from '@muster/core/ports'
import { liveOf } from '@muster/testing/worlds'
import { overriding } from '../overriding.ts'

/** Ways to break the rules on purpose, which a round must notice. */
export type Broken = 'person not locked' | 'looked before locking'

export const BREAKS: Readonly<Record<Broken, (persistence: Persistence) => Persistence>> = {
  // The locks of a survey that is a transaction of its own are gone when the claim is made.
  'person not locked': (persistence) =>
    within(persistence, (stores) => ({
      ...stores,
      people: overriding(stores.people, { lock: async () => {} }),
      claims: overriding(stores.claims, {
        surveyClaims: (requests) => persistence.stores.claims.surveyClaims(requests),
      }),
    })),

  // What one statement does that locks and looks: it waits for the lock, and then counts what was there before it waited.
  'looked before locking': (persistence) =>
    within(persistence, (stores) => ({
      ...stores,
      claims: overriding(stores.claims, {
        surveyClaims: async (requests) => {
          const before = new Map<UserId, number>()
          for (const { userId } of requests) before.set(userId, (await liveOf(stores, userId)).length)
          const survey = await stores.claims.surveyClaims(requests)
          const claimants = survey.claimants.map((claimant) => {
            return { ...claimant, live: before.get(claimant.userId) ?? claimant.live }
          })
          return { ...survey, claimants }
        },
      }),
    })),
}

/** The same persistence, but for what its transactions see. */
function within(persistence: Persistence, change: (stores: Stores) => Stores): Persistence {
  return overriding(persistence, {
    transaction: (work) => persistence.transaction((stores) => work(change(stores))),
  })
}
