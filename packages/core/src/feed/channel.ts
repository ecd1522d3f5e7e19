import type { AssignmentStatus } from '../assignment/assignment.ts'
import { isLive } from '../assignment/assignment-lifecycle.ts'
import { ValidationError } from '../errors.ts'
import type { Sight } from '../events/cursor.ts'
import type { Fact, FactType } from '../events/event.ts'
import type { Signal, SignalType } from '../events/signals.ts'
import { isUuid, type ProjectId, type RunId, type UserId } from '../ids.ts'
import type { Principal } from '../people/person.ts'

/** Subscriptions that one connection has open at most, on any wire. */
export const MOST_SUBSCRIPTIONS = 100

/**
 * The channels that can be followed:
 * - `me` what names the caller, in all their projects, and that there is something to do in them; presence of the projects that it was told to show
 * - `project`, `run` one project, or what is of one of its runs
 * - `queues` the queues of all of the caller's projects, or of one
 * - `admin` everything
 */
export type Channel =
  | { readonly kind: 'me' }
  | { readonly kind: 'project'; readonly projectId: ProjectId }
  | { readonly kind: 'run'; readonly runId: RunId }
  | { readonly kind: 'queues'; readonly projectId: ProjectId | null }
  | { readonly kind: 'admin' }

/**
 * The right to follow each: `self` the person it names; `members` of its project (of `queues` without one, of each project that is shown) and admins; or
 * `admins` alone.
 */
export const CHANNEL_AUTHORITY: Readonly<Record<Channel['kind'], 'self' | 'members' | 'admins'>> = {
  me: 'self',
  project: 'members',
  run: 'members',
  queues: 'members',
  admin: 'admins',
}

const NAMED = /^(project|run):(.*)$/s

/** `me`, `project:<id>`, `run:<id>` or `admin`. @throws ValidationError naming `channel` */
export function parseChannel(text: string): Channel {
  if (text === 'me' || text === 'admin') return { kind: text }
  const [, kind, id] = NAMED.exec(text) ?? []
  if (kind === undefined || id === undefined || !isUuid(id)) {
    throw new ValidationError([
      { path: 'channel', message: 'must be me, project:<id>, run:<id> or admin, with a UUID as id' },
    ])
  }
  const lower = id.toLowerCase()
  return kind === 'project' ? { kind, projectId: lower as ProjectId } : { kind: 'run', runId: lower as RunId }
}

/** Whether the channel stays with the projects it began with, whatever else its caller comes to see. */
export function isOfOneProject({ kind }: Channel): boolean {
  return kind === 'project' || kind === 'run'
}

const QUEUE_FACTS: ReadonlySet<FactType> = new Set([
  'queue_item_added',
  'queue_item_removed',
  'job_failed',
  'queue_paused',
  'queue_resumed',
  'queue_cleared',
])
const QUEUE_SIGNALS: ReadonlySet<SignalType> = new Set([
  'job_started',
  'job_completed',
  'job_retried',
  'position_updated',
])

const MANAGERS_SIGNALS: ReadonlySet<SignalType> = new Set([
  'agreement_updated',
  'operation_progress',
  'calibration_progress',
  'import_progress',
  'export_progress',
  'limit_changed',
])

/** Whether the project exists for them. */
export function belongsTo({ role, memberships }: Principal, projectId: ProjectId): boolean {
  return role === 'admin' || memberships.has(projectId)
}

/** The projects that the channel, of this project or of none, carries as far as `viewer` may see. */
export function scopeOf({
  channel,
  viewer,
  projectId,
}: {
  readonly channel: Channel
  readonly viewer: Principal
  readonly projectId: ProjectId | null
}): readonly ProjectId[] | 'all' {
  if (projectId !== null) return [projectId]
  if (channel.kind === 'admin' || (channel.kind === 'queues' && viewer.role === 'admin')) return 'all'
  return [...viewer.memberships]
}

/** Why the channel, of this project if it is of one, is not for them; `undefined` if it is. */
export function refusalOf(
  channel: Channel,
  viewer: Principal,
  projectId: ProjectId | null,
): 'not_found' | 'forbidden' | undefined {
  if (CHANNEL_AUTHORITY[channel.kind] === 'admins' && viewer.role !== 'admin') return 'forbidden'
  return projectId === null || belongsTo(viewer, projectId) ? undefined : 'not_found'
}

/** How much of the project's facts they may know: 0 none, 1 what is for all or names them, 2 all. */
export function sightOf(viewer: Principal, projectId: ProjectId): Sight {
  if (!belongsTo(viewer, projectId)) return 0
  return viewer.role === 'annotator' ? 1 : 2
}

/** Whether the fact's audience, frozen when it was written, includes them. */
export function mayKnow(viewer: Principal, { projectId, audience, affectedUserIds }: Fact): boolean {
  if (viewer.role === 'admin') return true
  if (!viewer.memberships.has(projectId)) return false
  if (audience === 'members' || viewer.role === 'manager') return true
  return audience === 'affected' && affectedUserIds !== null && affectedUserIds.includes(viewer.userId)
}

/** Whether the channel, in the eyes of `viewer`, carries the fact. */
export function carriesFact(channel: Channel, viewer: Principal, fact: Fact): boolean {
  switch (channel.kind) {
    case 'me':
      return isMine(viewer, fact)
    case 'run':
      return 'runId' in fact.data && fact.data.runId === channel.runId && mayKnow(viewer, fact)
    case 'queues':
      return QUEUE_FACTS.has(fact.type) && mayKnow(viewer, fact)
    case 'project':
    case 'admin':
      return mayKnow(viewer, fact)
  }
}

/**
 * Facts that name the viewer. Of a project that they have lost, they hear how what they held there has ended, and nothing else: nothing ends once the project is
 * lost, but they may be told of it later.
 */
function isMine(viewer: Principal, fact: Fact): boolean {
  if (fact.affectedUserIds?.includes(viewer.userId) !== true) return false
  return belongsTo(viewer, fact.projectId) || endsHoldOf(viewer.userId, fact)
}

/** Whether it says that this person no longer holds an assignment. */
function endsHoldOf(userId: UserId, { type, data }: Fact): boolean {
  if (type === 'task_reassigned') return data.previousUserId === userId
  const isOfHold = type === 'task_status_changed' || type === 'task_unavailable'
  return isOfHold && data.userId === userId && !isLive({ status: data.status as AssignmentStatus })
}

/** Whether the channel carries the signal. `shown` are the projects whose presence a `me` channel was told to show. */
export function carriesSignal(
  channel: Channel,
  viewer: Principal,
  { type, projectId, data }: Signal,
  shown: ReadonlySet<ProjectId>,
): boolean {
  if (projectId === null) return channel.kind === 'admin'
  if (!belongsTo(viewer, projectId)) return false
  if (MANAGERS_SIGNALS.has(type) && viewer.role === 'annotator') return false
  switch (channel.kind) {
    case 'me':
      return type === 'task_opened' || (type === 'presence_update' && shown.has(projectId))
    case 'run':
      return data['runId'] === channel.runId
    case 'queues':
      return QUEUE_SIGNALS.has(type)
    case 'project':
    case 'admin':
      return true
  }
}
