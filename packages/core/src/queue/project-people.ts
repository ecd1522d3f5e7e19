import { shareInterval } from '@muster/statistics'
import type { Assignment } from '../assignment/assignment.ts'
import { ASSIGNMENT_STATUSES } from '../assignment/assignment.ts'
import { wasSeen } from '../assignment/assignment-lifecycle.ts'
import { limitOf } from '../assignment/claim/terms.ts'
import type { InboxStore, PersonActivity } from '../assignment/stores/inbox-store.ts'
import type { Clock } from '../environment.ts'
import { NotFoundError } from '../errors.ts'
import type { ProjectId, UserId } from '../ids.ts'
import { MAX_PAGE, page } from '../paging.ts'
import type { PeopleStore } from '../people/people-store.ts'
import type { Member, Project, QualityScore, User } from '../people/person.ts'
import type { ProjectStore } from '../people/project-store.ts'
import { PRIOR_SAMPLES } from '../people/quality.ts'
import type { PresenceStore } from '../presence/presence-store.ts'
import { PRESENCE_KEPT_MS } from '../presence/presence-use-cases.ts'
import type { QualityStore } from '../quality/quality-store.ts'
import type { Transactions } from '../transactions.ts'
import type { HeldAssignment, PersonInProject, ProjectPeopleUseCases, ProjectPerson } from './queues.ts'

const DAY_MS = 86_400_000
/** Leases are hours at most: what was submitted today was given within this. */
const GIVEN_MS = 8 * DAY_MS
const RECENT = 20

/** Dependencies of what is told of the people of a project. */
export interface ProjectPeopleDeps {
  readonly transactions: Transactions<{
    readonly people: PeopleStore
    readonly projects: ProjectStore
    readonly inboxes: InboxStore
    readonly quality: QualityStore
  }>
  readonly presence: PresenceStore
  readonly clock: Clock
}

/** The members of a project with what they hold, have done in a day, how good they are, and whether they are here. */
export function projectPeopleUseCases({
  transactions: { stores },
  presence,
  clock,
}: ProjectPeopleDeps): ProjectPeopleUseCases {
  const { people, projects, inboxes, quality } = stores

  const find = async (projectId: ProjectId): Promise<Project> => {
    const project = await projects.find(projectId)
    if (project === undefined) throw new NotFoundError('project', projectId)
    return project
  }

  const told = async (project: Project, userIds: readonly UserId[]): Promise<ProjectPerson[]> => {
    if (userIds.length === 0) return []
    const { projectId } = project
    const now = clock.now()
    const since = new Date(now.getTime() - DAY_MS)
    const [users, activity, scores, watches, seen, here] = await Promise.all([
      people.findMany(userIds),
      inboxes.activity({ projectId, userIds, since, givenSince: new Date(now.getTime() - GIVEN_MS) }),
      quality.listScores(projectId, userIds),
      quality.listWatches({ projectIds: [projectId], userIds }),
      presence.listSeen(projectId, new Date(now.getTime() - PRESENCE_KEPT_MS)),
      presence.list(projectId, now),
    ])
    const lastSeen = new Map([...seen, ...here].map(({ userId, lastSeenAt }) => [userId, lastSeenAt]))
    const present = new Set(here.map(({ userId }) => userId))
    const active = new Map(activity.map((one) => [one.userId, one]))
    const paused = new Map(watches.map((watch) => [watch.userId, watch.paused]))
    return users.map((user) =>
      personOf(user, project, {
        activity: active.get(user.userId),
        scores: scores.filter(({ userId }) => userId === user.userId),
        paused: paused.get(user.userId) ?? null,
        present: present.has(user.userId),
        lastSeenAt: lastSeen.get(user.userId) ?? null,
      }),
    )
  }

  return {
    async inProject(projectId, request) {
      const project = await find(projectId)
      const { items, ...rest } = await page(
        request,
        ['people', projectId],
        ({ userId }: Member) => ({ userId }),
        (slice) => people.listMembers(projectId, slice),
      )
      return {
        items: await told(
          project,
          items.map(({ userId }) => userId),
        ),
        ...rest,
      }
    },

    async memberOf(projectId, userId): Promise<PersonInProject> {
      const project = await find(projectId)
      const isMember = (await people.membershipsOf(userId)).includes(projectId)
      const [person] = isMember ? await told(project, [userId]) : []
      if (person === undefined) throw new NotFoundError('member', userId)
      const [holds, recent] = await Promise.all([
        inboxes.listQueue({ userId, projectId, sort: 'age', order: 'asc' }, { limit: MAX_PAGE }),
        inboxes.listQueue(
          { userId, projectId, status: ASSIGNMENT_STATUSES, sort: 'age', order: 'desc' },
          { limit: 2 * RECENT },
        ),
      ])
      return {
        ...person,
        holds: holds.map(({ assignment }) => heldOf(assignment)),
        recent: recent
          .filter(({ assignment }) => wasSeen(assignment))
          .slice(0, RECENT)
          .map(({ assignment }) => heldOf(assignment)),
      }
    },
  }
}

interface Known extends Pick<ProjectPerson, 'paused' | 'present' | 'lastSeenAt'> {
  readonly activity: PersonActivity | undefined
  readonly scores: readonly QualityScore[]
}

function personOf(
  { version: _version, createdAt: _created, externalId: _external, imported: _imported, ...user }: User,
  { assignment }: Project,
  { activity, scores, ...known }: Known,
): ProjectPerson {
  const { maxConcurrentAssignments, ...shown } = user
  return {
    ...shown,
    live: activity?.live ?? 0,
    limit: limitOf(maxConcurrentAssignments, assignment),
    lastDay: {
      submitted: activity?.submitted ?? 0,
      medianSeconds: activity?.medianSeconds ?? null,
      returned: activity?.returned ?? 0,
      declined: activity?.declined ?? 0,
    },
    quality: scores.map(scoreOf),
    ...known,
  }
}

function scoreOf({ stepType, score, samples }: QualityScore): ProjectPerson['quality'][number] {
  const weight = PRIOR_SAMPLES + samples
  const interval =
    samples < 2 ? null : shareInterval(score, Math.sqrt((score * (1 - score)) / weight), weight)
  return { stepType, score, samples, low: interval?.low ?? null, high: interval?.high ?? null }
}

function heldOf(assignment: Assignment): HeldAssignment {
  const { assignmentId, taskId, stepId, stepType, status, attempt } = assignment
  const { assignedAt, startedAt, submittedAt, expiresAt, returnComment } = assignment
  return {
    assignmentId,
    taskId,
    stepId,
    stepType,
    status,
    attempt,
    assignedAt,
    startedAt,
    submittedAt,
    expiresAt,
    returnComment,
  }
}
