import { UnauthorizedError } from '../errors.ts'
import type { UserId } from '../ids.ts'
import type { PeopleUseCases } from '../people/people.ts'
import type { PeopleStore } from '../people/people-store.ts'
import type { Principal, Role } from '../people/person.ts'
import { refusalOf, sightOf } from './channel.ts'
import { Coalesced } from './coalesced.ts'
import type { FeedSubscription } from './subscription/subscription.ts'

/** Rights are looked at as often as this if no fact makes it sooner. */
const ACCESS_MS = 400

/** Past this without a look, the log of changes may have forgotten some: everybody's rights are read again. */
const ACCESS_LOST_MS = 60_000

interface Deps {
  readonly changes: Pick<PeopleStore, 'accessChanges'>
  readonly people: Pick<PeopleUseCases, 'principalOf'>
  /** By `elapsedMs`. */
  readonly now: () => number
  /** The subscription's viewer has other rights than before, and keeps the channel. */
  readonly changed: (subscription: FeedSubscription) => Promise<void>
}

/** Somebody with at least one subscription here. */
interface Viewer {
  readonly tokenRole: Role
  readonly subscriptions: Set<FeedSubscription>
}

/** Watches the rights of everybody who follows something here, and ends what is no longer theirs. */
export class RightsWatch {
  readonly #deps: Deps
  readonly #viewers = new Map<UserId, Viewer>()
  readonly #check = new Coalesced(() => this.#readChanges())
  #seenChanges: ReadonlySet<string> = new Set()
  #checkedAt = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async begin(): Promise<void> {
    const changes = await this.#deps.changes.accessChanges()
    this.#seenChanges = new Set(changes.map(({ changeId }) => changeId))
    this.#checkedAt = this.#deps.now()
  }

  /** From here on, changes of rights reach the subscription. */
  admit(subscription: FeedSubscription, userId: UserId, tokenRole: Role): void {
    const viewer = this.#viewers.get(userId) ?? { tokenRole, subscriptions: new Set() }
    viewer.subscriptions.add(subscription)
    this.#viewers.set(userId, viewer)
  }

  dismiss(subscription: FeedSubscription): void {
    const { userId } = subscription.viewer
    const viewer = this.#viewers.get(userId)
    viewer?.subscriptions.delete(subscription)
    if (viewer?.subscriptions.size === 0) this.#viewers.delete(userId)
  }

  isDue(now: number): boolean {
    return now - this.#checkedAt >= ACCESS_MS
  }

  /** Reads the rights of all whose rights have changed, and lets their subscriptions know. */
  check(): Promise<void> {
    return this.#check.run()
  }

  /** Reads the rights of one person, and lets their subscriptions know. */
  async apply(userId: UserId): Promise<void> {
    const viewer = this.#viewers.get(userId)
    if (viewer === undefined) return
    let principal: Principal
    try {
      principal = await this.#deps.people.principalOf(userId, viewer.tokenRole)
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error
      for (const subscription of viewer.subscriptions) subscription.end('unauthorized')
      return
    }
    for (const subscription of viewer.subscriptions) await this.#reconsider(subscription, principal)
  }

  async #readChanges(): Promise<void> {
    const now = this.#deps.now()
    const changes = await this.#deps.changes.accessChanges()
    const lost = now - this.#checkedAt > ACCESS_LOST_MS
    const changed = changes
      .filter(({ changeId }) => !this.#seenChanges.has(changeId))
      .map(({ userId }) => userId)
    for (const userId of lost ? this.#viewers.keys() : new Set(changed)) await this.apply(userId)
    this.#seenChanges = new Set(changes.map(({ changeId }) => changeId))
    this.#checkedAt = now
  }

  async #reconsider(subscription: FeedSubscription, principal: Principal): Promise<void> {
    subscription.stale = !subscription.isOpen
    if (subscription.stale) return
    const code = refusalOf(subscription.channel, principal, subscription.projectId)
    if (code !== undefined) {
      subscription.end(code)
      return
    }
    const before = subscription.viewer
    subscription.viewer = principal
    // Facts passed over for want of a right are not gone back to: the snapshot has them.
    const projects = [...subscription.places.projectIds]
    const isMore = projects.some((id) => sightOf(principal, id) > sightOf(before, id))
    if (isMore) void subscription.reload('access_changed')
    await this.#deps.changed(subscription)
  }
}
