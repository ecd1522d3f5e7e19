import type { Clock, Ids } from '../environment.ts'
import {
  ConflictError,
  NotFoundError,
  UnauthorizedError,
  ValidationError,
  VersionConflictError,
} from '../errors.ts'
import type { ProjectId, UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { type Json, sameJson } from '../json/json.ts'
import { type NewestKey, newestKey, page, type Slice } from '../paging.ts'
import type { Transactions } from '../transactions.ts'
import type { ExternalIdentity, Identity } from './authenticator.ts'
import type { NewUser, PeopleUseCases, UserChange } from './people.ts'
import {
  externalId as externalIdText,
  newUser,
  qualityChange,
  upsertedUser,
  userChange,
} from './people-input.ts'
import type { PeopleStore } from './people-store.ts'
import type { Principal, Role, User } from './person.ts'
import type { ProjectStore } from './project-store.ts'

/** The stores that the use cases of people read and write. */
export interface PeopleStores {
  readonly people: PeopleStore
  readonly projects: ProjectStore
}

/**
 * Ends a person's live assignments as `reassigned`, in one project or (null) in all, and opens their slots at once. Called last inside a
 * transaction that holds the person's lock, and after {@link SettleSubmissions}. `by` is the person whose call does it.
 */
export type EndHolds<Stores> = (
  stores: Stores,
  userId: UserId,
  projectId: ProjectId | null,
  reason: string,
  by?: UserId | null,
) => Promise<void>

/** Lets through what the person has handed in and can no longer take back. Called before the transaction that ends their holds. */
export type SettleSubmissions = (userId: UserId) => Promise<void>

/** Dependencies of the use cases of people. */
export interface PeopleDeps<Stores extends PeopleStores> {
  readonly transactions: Transactions<Stores>
  readonly clock: Clock
  readonly ids: Ids
  readonly endHolds: EndHolds<Stores>
  readonly settleSubmissions: SettleSubmissions
}

/** The use cases of users. */
export function peopleUseCases<Stores extends PeopleStores>(deps: PeopleDeps<Stores>): PeopleUseCases {
  const { people, projects } = deps.transactions.stores

  const get = async (userId: UserId): Promise<User> => found(await people.find(userId), userId)

  return {
    ...userChanges(deps),

    get,

    list: (request, { externalId } = {}) =>
      page(
        request,
        ['users', externalId ?? null],
        newestKey<User>(({ userId }) => userId),
        async (slice) =>
          externalId === undefined
            ? people.list(slice)
            : onlyOne(await people.findByExternalId(externalId), slice),
      ),

    async qualityOf(userId) {
      await get(userId)
      return people.qualityOf(userId)
    },

    async setQuality({ userId, ...score }) {
      const quality = { userId, ...parse(qualityChange, score) }
      await get(userId)
      if (!(await projects.find(quality.projectId))) throw new NotFoundError('project', quality.projectId)
      await people.saveQuality(quality)
      return quality
    },

    identify: (caller) => identify(people, caller),

    principalOf: (userId, tokenRole) => principalOf(people, userId, tokenRole),
  }
}

/** Adding and changing users. */
function userChanges<Stores extends PeopleStores>({
  transactions,
  clock,
  ids,
  endHolds,
  settleSubmissions,
}: PeopleDeps<Stores>): Pick<PeopleUseCases, 'add' | 'upsert' | 'change'> {
  const { people } = transactions.stores

  const keep = async (given: NewUser): Promise<User> => {
    const user: User = {
      userId: (given.userId ?? ids.next()) as UserId,
      externalId: given.externalId ?? null,
      displayName: given.displayName,
      avatarUrl: given.avatarUrl ?? null,
      status: given.status ?? 'active',
      role: given.role ?? 'annotator',
      skills: given.skills ?? {},
      maxConcurrentAssignments: given.maxConcurrentAssignments ?? null,
      scripted: given.scripted ?? false,
      imported: false,
      version: 1,
      createdAt: clock.now(),
    }
    await transactions.transaction((stores) => stores.people.add(user))
    return user
  }

  /** Saves a change of a user whose lock is held. */
  const save = async (stores: Stores, before: User, given: UserChange): Promise<User> => {
    if (before.imported && given.status !== undefined && given.status !== 'suspended') {
      const message = 'must be suspended: a person who came with a file is let in nowhere'
      throw new ValidationError([{ path: 'status', message }])
    }
    const after = await stores.people.save({ ...before, ...withoutUndefined(given) })
    if (after.status === 'suspended' && before.status !== 'suspended') {
      await endHolds(stores, before.userId, null, 'suspended')
    }
    return after
  }

  /** The meaning of a store's refusal of `externalId`, if another user than `userId` has it. */
  const refusal = (
    error: unknown,
    externalId: string | null | undefined,
    userId?: UserId,
  ): Promise<unknown> =>
    externalIdRefusal('user', error, externalId, async (named) => {
      const holder = await people.findByExternalId(named)
      return holder !== undefined && holder.userId !== userId
    })

  return {
    async add(input) {
      const given = parse(newUser, input)
      try {
        return await keep(given)
      } catch (error) {
        throw await refusal(error, given.externalId)
      }
    },

    async upsert(input) {
      const given = parse(upsertedUser, input)
      const { externalId } = given
      for (;;) {
        const known = await people.findByExternalId(externalId)
        if (known === undefined) {
          try {
            return { userId: (await keep(given)).userId, created: true }
          } catch (error) {
            // Somebody made the user between the look and the write.
            if (error instanceof ConflictError && (await people.findByExternalId(externalId))) continue
            throw error
          }
        }
        const { userId } = known
        if (given.status === 'suspended') await settleSubmissions(userId)
        const isTheirs = await transactions.transaction(async (stores) => {
          await stores.people.lock([userId])
          const before = await stores.people.find(userId)
          if (before?.externalId !== externalId) return false
          if (differs(before, given)) await save(stores, before, given)
          return true
        })
        if (isTheirs) return { userId, created: false }
      }
    },

    async change(userId, change, ifVersion) {
      const given = withoutUndefined(parse(userChange, change))
      if (given.status === 'suspended') await settleSubmissions(userId)
      try {
        return await transactions.transaction(async (stores) => {
          await stores.people.lock([userId])
          const before = found(await stores.people.find(userId), userId)
          checkVersion('User', before.version, ifVersion)
          return Object.keys(given).length === 0 ? before : save(stores, before, given)
        })
      } catch (error) {
        throw await refusal(error, given.externalId, userId)
      }
    },
  }
}

async function identify(people: PeopleStore, caller: Identity | ExternalIdentity): Promise<Identity> {
  if ('userId' in caller) return caller
  const { externalId, ...rest } = caller
  // A token may say what no adapter can keep.
  const known = externalIdText.safeParse(externalId)
  const user = known.success ? await people.findByExternalId(known.data) : undefined
  if (user === undefined) throw new UnauthorizedError('The token or the session names no user')
  return { ...rest, userId: user.userId }
}

/** The person's rights: of the directory if it knows them, else of the role that is claimed. @throws UnauthorizedError if they are suspended */
export async function principalOf(people: PeopleStore, userId: UserId, tokenRole: Role): Promise<Principal> {
  const user = await people.find(userId)
  if (user === undefined) return { userId, role: tokenRole, memberships: new Set() }
  if (user.status === 'suspended') throw new UnauthorizedError('The user is suspended')
  return { userId, role: user.role, memberships: new Set(await people.membershipsOf(userId)) }
}

/** @throws VersionConflictError if the caller has seen another version than the present one */
export function checkVersion(what: string, version: number, ifVersion: number | undefined): void {
  if (ifVersion === undefined || ifVersion === version) return
  throw new VersionConflictError(`${what} is at version ${version}, not ${ifVersion}`, { version })
}

/** The fields of a change that were given. */
export function withoutUndefined<Change extends object>(
  change: Change,
): { [Field in keyof Change]?: Exclude<Change[Field], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [Field in keyof Change]?: Exclude<Change[Field], undefined>
  }
}

/** The refusal of an externalId that another has. */
function takenExternalId(what: string, externalId: string, cause: unknown): ConflictError {
  const errors = [{ path: 'externalId', message: `is taken by another ${what}: ${externalId}` }]
  return new ConflictError(`The externalId ${externalId} is taken by another ${what}`, { errors }, { cause })
}

/** The meaning of a store's refusal: that the externalId is taken, if it is, else the refusal itself. */
export async function externalIdRefusal(
  what: string,
  error: unknown,
  externalId: string | null | undefined,
  isTaken: (externalId: string) => Promise<boolean>,
): Promise<unknown> {
  if (externalId == null || !(error instanceof ConflictError)) return error
  return (await isTaken(externalId)) ? takenExternalId(what, externalId, error) : error
}

/** Whether anything that is given is other than it is. */
export function differs(before: object, given: object): boolean {
  const now = before as Readonly<Record<string, Json>>
  return Object.entries(withoutUndefined(given)).some(
    ([field, value]) => !sameJson(now[field] ?? null, value as Json),
  )
}

/** A list of the one that was found, or of none; nothing comes behind it. */
export function onlyOne<Item>(item: Item | undefined, { after }: Slice<NewestKey>): Item[] {
  return item === undefined || after !== undefined ? [] : [item]
}

function found(user: User | undefined, userId: UserId): User {
  if (user === undefined) throw new NotFoundError('user', userId)
  return user
}
