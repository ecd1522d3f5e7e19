import type { Assignment, UserId } from '@muster/core'
import type {
  Claim,
  Claimed,
  ClaimRequest,
  ClaimStore,
  ClaimSurvey,
  OpenShelf,
  ShelfCount,
} from '@muster/core/ports'
import type { Connection } from '../connection/queryable.ts'
import { claimMany, countShelves, listAhead, surveyClaims } from './claims.ts'

/** Claims, which merge over the shelves in `shelf`. */
export class PgClaimStore implements ClaimStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  claim(claims: readonly Claim[], now: Date): Promise<(Claimed | undefined)[]> {
    return this.#connection.atomically((connection) => claimMany(connection, claims, now))
  }

  surveyClaims(requests: readonly ClaimRequest[]): Promise<ClaimSurvey> {
    return this.#connection.atomically((connection) => surveyClaims(connection, requests))
  }

  listAhead(userIds: readonly UserId[]): Promise<Assignment[]> {
    return listAhead(this.#connection, userIds)
  }

  countShelves(userId: UserId, shelves: readonly OpenShelf[]): Promise<ShelfCount[]> {
    return countShelves(this.#connection, userId, shelves)
  }
}
