import { type AnswerOf, call } from '../api/call.ts'
import { me } from '../api/session.ts'
import { type FilterField, unknownNames } from '../design/filters.ts'
import type { Channel } from '../feed/follow.ts'
import type { Rows } from '../feed/list-window.ts'
import { membersOf } from '../feed/members.ts'
import { projects } from '../feed/projects.ts'
import type { Route } from '../route/route.ts'
import { WAITS } from './words.ts'

/** A task of the list. */
export type Row = AnswerOf<'GET /projects/{projectId}/tasks'>['items'][number]
/** Tasks counted. */
export type Counts = AnswerOf<'GET /projects/{projectId}/tasks/counts'>

/** Filters of the address, by the names that people type. */
export interface Filters {
  readonly status: 'open' | 'completed' | 'cancelled' | 'all'
  readonly step?: string | undefined
  readonly waits?: string | undefined
  readonly skill?: string | undefined
  readonly holder?: string | undefined
  readonly flagged?: string | undefined
  readonly purpose?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly q?: string | undefined
  readonly order?: string | undefined
}

export const STATUSES = ['open', 'completed', 'cancelled', 'all'] as const

/** The filters that the address names. */
export function filtersOf(at: Route): Filters {
  const { step, waits, skill, holder, flagged, purpose, since, until, q, order } = at
  const status = STATUSES.find((one) => one === at['status']) ?? 'open'
  return { status, step, waits, skill, holder, flagged, purpose, since, until, q, order }
}

type Query = NonNullable<Parameters<typeof call<'GET /projects/{projectId}/tasks'>>[1]['query']>

/** The same as the API is asked. What is no value of the API’s is left for it to refuse. */
export function queryOf(filters: Filters): Query {
  const { status, step, since, until, order, ...rest } = filters
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return {
    ...given,
    ...(status !== 'all' && { status }),
    ...(step !== undefined && { stepId: step }),
    ...(since !== undefined && { from: dayOf(since) }),
    ...(until !== undefined && { to: dayOf(until) }),
    ...(order === 'asc' && { order }),
  } as unknown as Query
}

const dayOf = (text: string): string => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)

/** The tasks that a deed is about: those named, or all that match. */
export interface Chosen {
  readonly projectId: string | undefined
  readonly filters: Filters
  /** undefined: all that match. */
  readonly ids: readonly string[] | undefined
  readonly count: number
}

/** Whether the list may show tasks that can be changed: those that are over can not. */
export function mayMove({ status }: Filters): boolean {
  return status === 'open' || status === 'all'
}

/** What the server is asked to move: the open ones of what is in sight, and never others. */
export function movedOf({ projectId, filters, ids }: Chosen): object {
  const project = projectId === undefined ? {} : { projectId }
  if (ids !== undefined) return { ...project, taskIds: ids }
  if (!mayMove(filters)) throw new Error(`tasks that are ${filters.status} cannot be changed`)
  const { order: _order, ...rest } = queryOf(filters) as Record<string, unknown>
  return { ...rest, ...project, status: ['open'] }
}

/** Names in the address that are no filters here, or have a value that is none. */
export function strangersOf(at: Route): string[] {
  const names = unknownNames(at, Object.keys(filtersOf(at)))
  const isStatus = at['status'] === undefined || STATUSES.some((one) => one === at['status'])
  return isStatus ? names : [...names, 'status']
}

/** Reads some rows, of one project or of all. */
export function readRows(
  projectId: string | undefined,
  filters: Filters,
  cursor: string | undefined,
  limit: number,
): Promise<Rows<Row>> {
  const query = { ...queryOf(filters), limit, ...(cursor !== undefined && { cursor }) }
  return projectId === undefined
    ? call('GET /tasks', { query })
    : call('GET /projects/{projectId}/tasks', { params: { projectId }, query })
}

/** Counts what matches, whatever its status. */
export function readCounts(projectId: string | undefined, filters: Filters): Promise<Counts> {
  const query = queryOf({ ...filters, status: 'all' })
  return projectId === undefined
    ? call('GET /tasks/counts', { query })
    : call('GET /projects/{projectId}/tasks/counts', { params: { projectId }, query })
}

/** The people of a project, by name, for filters. */
export async function readPeople(projectId: string | undefined): Promise<ReadonlyMap<string, string>> {
  if (projectId === undefined) return new Map()
  const members = await membersOf(projectId)
  return new Map(members.map(({ userId, displayName }) => [displayName, userId]))
}

const MOST_FOLLOWED = 50

/** The channels that tell of these tasks, and whether they tell of all. */
export function channelsOf(projectId: string | undefined): {
  readonly channels: readonly Channel[]
  readonly isLive: boolean
} {
  if (projectId !== undefined) return { channels: [`project:${projectId}`], isLive: true }
  if (me.value?.role === 'admin') return { channels: ['admin'], isLive: true }
  const all = projects.value ?? []
  return {
    channels: all.slice(0, MOST_FOLLOWED).map((each) => `project:${each.projectId}` as const),
    isLive: all.length <= MOST_FOLLOWED,
  }
}

/** Filters with what can be chosen, as far as it is known. */
export function fieldsOf(
  counts: Counts | undefined,
  rows: readonly Row[],
  people: ReadonlyMap<string, string>,
): FilterField[] {
  const skills = new Set(
    rows.flatMap(({ requiredSkills }) => (requiredSkills ?? []).flatMap(({ anyOf }) => anyOf)),
  )
  return [
    { name: 'waits', title: 'Waits because', values: Object.keys(WAITS), isClosed: true },
    { name: 'step', title: 'At the step', values: Object.keys(counts?.byStep ?? {}) },
    { name: 'holder', title: 'Held by', values: Array.from(people.keys()) },
    { name: 'skill', title: 'Asks for the skill', values: Array.from(skills) },
    { name: 'flagged', title: 'Flagged', values: ['true', 'false'], isClosed: true },
    { name: 'since', title: 'Added since (a day)' },
    { name: 'until', title: 'Added before (a day)' },
    { name: 'purpose', title: 'Controls', values: ['control'], isClosed: true },
  ]
}
