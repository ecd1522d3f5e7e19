import { ForbiddenError, NotFoundError, UnauthorizedError } from '@muster/core'
import type { Channel, FeedItem, Subscription } from '@muster/core/feed'
import type { GraphqlContext } from './context.ts'

/** The feed of a channel as the caller may see it, from `after` on. @throws what subscribing is refused with */
export function subscribe(
  { muster, principal, tokenRole }: GraphqlContext,
  channel: Channel,
  after: string | null | undefined,
): Promise<Subscription> {
  return muster.feed.subscribe({
    userId: principal.userId,
    tokenRole,
    channel,
    ...(after == null ? {} : { after }),
  })
}

/** Why a subscription that was open ends: what its last answer says. */
export class Ended {
  readonly error: Error

  constructor(code: Extract<FeedItem, { kind: 'closed' }>['code'], what: string) {
    const why = 'What is followed here may not be seen any more'
    this.error =
      code === 'not_found'
        ? new NotFoundError('subscription', what)
        : code === 'forbidden'
          ? new ForbiddenError(why)
          : new UnauthorizedError(why)
  }
}

/**
 * What `told` makes of each item, those left out of which it makes nothing. It is pulled, so a slow client costs nothing; and it ends at
 * once when it is let go, also while it waits (a generator would first wait for its next item).
 */
export function follow<Told>(
  subscription: Subscription,
  first: readonly Told[],
  told: (item: FeedItem) => Promise<Told | undefined> | Told | undefined,
): AsyncIterableIterator<Told | Ended> {
  const waiting = [...first]
  let over = false
  let wake = (): void => {}
  const end = (): void => {
    over = true
    subscription.close()
    wake()
  }
  return {
    async next() {
      while (!over) {
        const begun = waiting.shift()
        if (begun !== undefined) return { done: false, value: begun }
        const item = subscription.next()
        if (item === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve
            subscription.onReady(resolve)
          })
          continue
        }
        if (item.kind === 'closed') {
          end()
          return { done: false, value: new Ended(item.code, subscription.channel.kind) }
        }
        const value = await told(item)
        if (value !== undefined) return { done: false, value }
      }
      return { done: true, value: undefined }
    },
    async return() {
      end()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
