import type { Clock, Ids } from '../environment.ts'
import { NotFound, Unauthorized, VersionConflict } from '../errors.ts'
import type { ProjectId, UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { newestKey, page } from '../paging.ts'
import type { Transactions } from '../transactions.ts'
import type { PeopleUseCases } from './people.ts'
import { newUser, qualityChange, userChange } from './people-input.ts'
import type { PeopleStore } from './people-store.ts'
import type { Principal, Role, User } from './person.ts'
import type { ProjectStore } from './project-store.ts'

/** What the use cases of people read and write. */
export interface PeopleStores {
  readonly people: PeopleStore
  readonly projects: ProjectStore
}

/**
 * Ends a person's live assignments as `reassigned`, in one project or (null) in all, and opens their slots at once. Called last inside a
 * transaction that holds the person's lock.
 */
export type EndHolds<Stores> = (
  stores: Stores,
  userId: UserId,
  projectId: ProjectId | null,
  reason: string,
) => Promise<void>

/** What the use cases of people are made from. */
export interface PeopleDeps<Stores extends PeopleStores> {
  readonly transactions: Transactions<Stores>
  readonly clock: Clock
  readonly ids: Ids
  readonly endHolds: EndHolds<Stores>
}

/** The use cases of users. */
export function peopleUseCases<Stores extends PeopleStores>({
  transactions,
  clock,
  ids,
  endHolds,
}: PeopleDeps<Stores>): PeopleUseCases {
  const { people, projects } = transactions.stores

  const get = async (userId: UserId): Promise<User> => found(await people.find(userId), userId)

  return {
    async add(input) {
      const given = parse(newUser, input)
      const user: User = {
        userId: (given.userId ?? ids.next()) as UserId,
        displayName: given.displayName,
        avatarUrl: given.avatarUrl ?? null,
        status: given.status ?? 'active',
        role: given.role ?? 'annotator',
        skills: given.skills ?? {},
        maxConcurrentAssignments: given.maxConcurrentAssignments ?? null,
        scripted: given.scripted ?? false,
        version: 1,
        createdAt: clock.now(),
      }
      await transactions.transaction((stores) => stores.people.add(user))
      return user
    },

    get,

    list: (request) =>
      page(
        request,
        ['users'],
        newestKey<User>(({ userId }) => userId),
        (slice) => people.list(slice),
      ),

    async change(userId, change, ifVersion) {
      const given = withoutUndefined(parse(userChange, change))
      return transactions.transaction(async (stores) => {
        await stores.people.lock([userId])
        const before = found(await stores.people.find(userId), userId)
        checkVersion('User', before.version, ifVersion)
        if (Object.keys(given).length === 0) return before
        const after = await stores.people.save({ ...before, ...given })
        if (after.status === 'suspended' && before.status !== 'suspended') {
          await endHolds(stores, userId, null, 'suspended')
        }
        return after
      })
    },

    async qualityOf(userId) {
      await get(userId)
      return people.qualityOf(userId)
    },

    async setQuality({ userId, ...score }) {
      const quality = { userId, ...parse(qualityChange, score) }
      await get(userId)
      if (!(await projects.find(quality.projectId))) throw new NotFound('project', quality.projectId)
      await people.saveQuality(quality)
      return quality
    },

    principalOf: (userId, tokenRole) => principalOf(people, userId, tokenRole),
  }
}

/** The person's rights: of the directory where it knows them, else of the role that is claimed. @throws Unauthorized if they are suspended */
export async function principalOf(people: PeopleStore, userId: UserId, tokenRole: Role): Promise<Principal> {
  const user = await people.find(userId)
  if (user === undefined) return { userId, role: tokenRole, memberships: new Set() }
  if (user.status === 'suspended') throw new Unauthorized('The user is suspended')
  return { userId, role: user.role, memberships: new Set(await people.membershipsOf(userId)) }
}

/** @throws VersionConflict where the caller has seen another version than the present one */
export function checkVersion(what: string, version: number, ifVersion: number | undefined): void {
  if (ifVersion === undefined || ifVersion === version) return
  throw new VersionConflict(`${what} is at version ${version}, not ${ifVersion}`, { version })
}

/** The fields of a change that were given. */
export function withoutUndefined<Change extends object>(
  change: Change,
): { [Field in keyof Change]?: Exclude<Change[Field], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [Field in keyof Change]?: Exclude<Change[Field], undefined>
  }
}

function found(user: User | undefined, userId: UserId): User {
  if (user === undefined) throw new NotFound('user', userId)
  return user
}
