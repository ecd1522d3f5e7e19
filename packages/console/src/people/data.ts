import { type AnswerOf, CallError, call, type Problem } from '../api/call.ts'

/** A member of a project, as the API tells managers. */
export type Person = AnswerOf<'GET /projects/{projectId}/people'>['items'][number]
/** The same with what they hold and had last. */
export type PersonWhole = AnswerOf<'GET /projects/{projectId}/people/{userId}'>

const PAGE = 200
const MOST = 1_000

/** The people of a project, up to a thousand; whether these are all. */
export async function peopleOf(
  projectId: string,
): Promise<{ readonly people: readonly Person[]; readonly isWhole: boolean }> {
  const people: Person[] = []
  let cursor: string | null = null
  do {
    const query: { limit: number; cursor?: string } = { limit: PAGE, ...(cursor !== null && { cursor }) }
    const page: AnswerOf<'GET /projects/{projectId}/people'> = await call(
      'GET /projects/{projectId}/people',
      {
        params: { projectId },
        query,
      },
    )
    people.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null && people.length < MOST)
  people.sort((one, other) => one.displayName.localeCompare(other.displayName))
  return { people, isWhole: cursor === null }
}

/** A person of the directory. */
type User = AnswerOf<'GET /users'>['items'][number]

/** The first two hundred of the directory who are no members; whether these are all. */
export async function outsiders(
  isMember: (userId: string) => boolean,
): Promise<{ readonly users: readonly User[]; readonly isWhole: boolean }> {
  const users: User[] = []
  let cursor: string | undefined
  do {
    const page: AnswerOf<'GET /users'> = await call('GET /users', {
      query: { limit: PAGE, ...(cursor !== undefined && { cursor }) },
    })
    users.push(...page.items.filter(({ userId }) => !isMember(userId)))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined && users.length < PAGE)
  return { users, isWhole: cursor === undefined }
}

/** The filters of the page. */
export interface PeopleFilters {
  readonly status?: string | undefined
  readonly skill?: string | undefined
  readonly q?: string | undefined
}

/** What stands first of a person: their status, or that they are paused here. */
export const stateOf = ({ status, paused }: Person): string =>
  status === 'active' && paused !== null ? 'paused' : status

/** The people that match. `here` is a status too. */
export function matching(people: readonly Person[], { status, skill, q }: PeopleFilters): readonly Person[] {
  const name = q?.toLowerCase()
  return people.filter(
    (person) =>
      (status === undefined || stateOf(person) === status || (status === 'here' && person.present)) &&
      (skill === undefined || person.skills[skill] !== undefined) &&
      (name === undefined || person.displayName.toLowerCase().includes(name)),
  )
}

/** What became of moving all that somebody holds to others. */
export interface Reassigned {
  readonly moved: number
  /** Those that nobody else could take, which stay. */
  readonly stayed: readonly Problem[]
}

/** Moves all that somebody holds in the project to others, one after the other. */
export async function reassignAll({ holds }: PersonWhole, reason: string): Promise<Reassigned> {
  const stayed: Problem[] = []
  for (const { assignmentId, attempt } of holds)
    try {
      await call('POST /assignments/{id}/reassign', {
        params: { id: assignmentId },
        body: { attempt, reason },
      })
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      stayed.push(error.problem)
    }
  return { moved: holds.length - stayed.length, stayed }
}
