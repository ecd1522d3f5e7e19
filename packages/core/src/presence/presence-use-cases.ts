import type { Clock } from '../environment.ts'
import type { ProjectId } from '../ids.ts'
import type { PeopleStore } from '../people/people-store.ts'
import type { Transactions } from '../transactions.ts'
import type { PresenceUseCases } from './presence.ts'
import type { PresenceStore } from './presence-store.ts'

/** How long a connection counts after it was last seen: a process that died without a word takes its people along after this. */
export const PRESENCE_LAPSE_MS = 15_000

/** How long a person stays present whose last connection ended: a reconnect within it is not seen. */
export const PRESENCE_GRACE_MS = 5_000

/** How long is known who was present: as long as facts are kept by default. */
export const PRESENCE_KEPT_MS = 72 * 3_600_000

/** Of how many people of a project it is known: of those seen last. */
export const PRESENCE_MOST_SEEN = 200

/** Dependencies of the use cases of presence. */
export interface PresenceDeps {
  readonly presence: PresenceStore
  readonly transactions: Transactions<{ readonly people: PeopleStore }>
  readonly clock: Clock
  /** Called when somebody may have come or gone. */
  readonly changed?: (projectId: ProjectId) => void
}

/** The people who have each project open. */
export function presenceUseCases({
  presence,
  transactions,
  clock,
  changed = () => undefined,
}: PresenceDeps): PresenceUseCases {
  const seeFor = async (
    ms: number,
    ...[connectionId, userId, projectId]: Parameters<PresenceUseCases['see']>
  ): Promise<void> => {
    const now = clock.now()
    const lapsesAt = new Date(now.getTime() + ms)
    await presence.see({ connectionId, userId, projectId, now, lapsesAt })
  }

  return {
    async see(...connection) {
      await seeFor(PRESENCE_LAPSE_MS, ...connection)
      changed(connection[2])
    },

    async leave(connectionId, projectId) {
      await presence.leave(connectionId, projectId)
      changed(projectId)
    },

    fade: (...connection) => seeFor(PRESENCE_GRACE_MS, ...connection),

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
