import type { PeopleStore } from '../people/ports.ts'
import type { Clock } from '../ports.ts'
import type { Transactions } from '../transactions.ts'
import type { PresenceUseCases } from './api.ts'
import type { PresenceStore } from './ports.ts'

/** How long a connection counts after it was last seen: a process that died without a word takes its people along after this. */
export const PRESENCE_LAPSE_MS = 15_000

/** What the use cases of presence are made from. */
export interface PresenceDeps {
  readonly presence: PresenceStore
  readonly transactions: Transactions<{ readonly people: PeopleStore }>
  readonly clock: Clock
}

export function presenceUseCases({ presence, transactions, clock }: PresenceDeps): PresenceUseCases {
  return {
    async see(connectionId, userId, projectId) {
      const now = clock.now()
      const lapsesAt = new Date(now.getTime() + PRESENCE_LAPSE_MS)
      await presence.see({ connectionId, userId, projectId, now, lapsesAt })
    },

    leave: (connectionId, projectId) => presence.leave(connectionId, projectId),

    async list(projectId) {
      const seen = await presence.list(projectId, clock.now())
      const users = await transactions.stores.people.findMany(seen.map(({ userId }) => userId))
      const byId = new Map(users.map((user) => [user.userId, user]))
      return seen.flatMap(({ userId, lastSeenAt }) => {
        const user = byId.get(userId)
        return user ? [{ userId, displayName: user.displayName, avatarUrl: user.avatarUrl, lastSeenAt }] : []
      })
    },
  }
}
