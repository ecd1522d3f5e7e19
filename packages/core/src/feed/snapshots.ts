import type { Clock, Ids, Logger } from '../environment.ts'
import type { JobId, ProjectId, UserId } from '../ids.ts'
import type { QueueItem } from '../jobs/job.ts'
import type { JobCounts } from '../jobs/job-store.ts'
import { MAX_PAGE } from '../paging.ts'
import type { Principal } from '../people/person.ts'
import type { PresenceStore, Present } from '../presence/presence-store.ts'
import { PRESENCE_KEPT_MS, presenceUseCases } from '../presence/presence-use-cases.ts'
import { personalQueueUseCases } from '../queue/personal.ts'
import { projectQueueUseCases } from '../queue/project.ts'
import type { QueueEntry, QueueStatus } from '../queue/queues.ts'
import { systemQueueUseCases } from '../queue/system.ts'
import type { Stores } from '../stores.ts'
import type { Transactions } from '../transactions.ts'
import type { Channel } from './channel.ts'
import type { Snapshot } from './feed-items.ts'

/** Live runs that are shown of a project. */
export const MOST_RUNS = 50

/** Queues that are shown of somebody who has many. */
const MOST_QUEUES = 20

/** Projects whose jobs are counted for admins. */
const MOST_PROJECTS = 200

/** Dependencies of reading. */
export interface ReadingDeps {
  readonly presence: PresenceStore
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
}

/** The use cases that read, as of the moment of `stores`. */
export function readingFrom(stores: Stores, deps: ReadingDeps) {
  const transactions: Transactions<Stores> = { stores, transaction: (work) => work(stores) }
  const nothing = {
    jobTypes: new Map(),
    nudge: () => undefined,
    cancelSleeper: async () => false,
    broadcast: { publish: async () => undefined, subscribe: async () => async () => undefined },
  }
  const all = { ...deps, ...nothing, transactions }
  const presence = presenceUseCases(all)
  return {
    personalQueue: personalQueueUseCases(all),
    queue: projectQueueUseCases(all),
    system: systemQueueUseCases(all),
    runs: stores.runs,
    items: (itemIds: readonly JobId[]) => stores.jobs.findItems(itemIds),
    /** Items that have completed, the latest first. */
    async completed(projectId: ProjectId, limit: number): Promise<QueueItem[]> {
      const completed = await stores.jobs.listItems({ projectId, state: ['completed'] }, { limit })
      return completed.map(({ item }) => item)
    },
    /** When the fact was committed, if it is kept. */
    async momentOf(projectId: ProjectId, seq: number): Promise<Date | undefined> {
      const [fact] = seq > 0 ? await stores.events.read(projectId, seq - 1, 1) : []
      return fact?.seq === seq ? fact.occurredAt : undefined
    },
    /** Nobody, if presence is away: it comes back as a signal. */
    async presence(projectId: ProjectId): Promise<readonly Present[]> {
      try {
        return await presence.list(projectId)
      } catch (error) {
        deps.logger.debug({ err: error, projectId }, 'Presence could not be read')
        return []
      }
    },
    /** The people who were present since facts are kept, and may still be; nobody if presence is away. */
    async departed(projectId: ProjectId): Promise<readonly Present[]> {
      const since = new Date(deps.clock.now().getTime() - PRESENCE_KEPT_MS)
      const seen = await deps.presence.listSeen(projectId, since)
      const users = await stores.people.findMany(seen.map(({ userId }) => userId))
      const byId = new Map(users.map((user) => [user.userId, user]))
      return seen.flatMap(({ userId, lastSeenAt }) => {
        const user = byId.get(userId)
        return user ? [{ userId, displayName: user.displayName, avatarUrl: user.avatarUrl, lastSeenAt }] : []
      })
    },
  }
}

/** The use cases that read. */
export type Reading = ReturnType<typeof readingFrom>

/** The state that the channel shows its caller now. The run of a `run` channel must be there. */
export async function snapshotOf(
  stores: Stores,
  deps: ReadingDeps,
  channel: Channel,
  viewer: Principal,
): Promise<Snapshot> {
  const reading = readingFrom(stores, deps)
  switch (channel.kind) {
    case 'me':
      return {
        channel: 'me',
        assignments: await assignmentsOf(reading, viewer.userId),
        stats: await reading.personalQueue.stats(viewer.userId),
      }
    case 'project': {
      const { projectId } = channel
      return {
        channel: 'project',
        queue: await reading.queue.status(projectId, {}),
        runs: await reading.runs.listLive(projectId, MOST_RUNS),
        presence: await reading.presence(projectId),
      }
    }
    case 'run': {
      const run = await reading.runs.find(channel.runId)
      if (run === undefined) throw new Error(`Run ${channel.runId} has gone`)
      return { channel: 'run', run }
    }
    case 'queues':
      return { channel: 'queues', queues: await queuesOf(stores, reading, channel.projectId, viewer) }
    case 'admin':
      return {
        channel: 'admin',
        system: await reading.system.status(),
        projects: await countsOfProjects(stores),
      }
  }
}

async function countsOfProjects({ jobs }: Stores): Promise<{ projectId: ProjectId; counts: JobCounts }[]> {
  const counts = await jobs.countByProject(MOST_PROJECTS)
  return [...counts].map(([projectId, of]) => ({ projectId, counts: of }))
}

async function assignmentsOf({ personalQueue }: Reading, userId: UserId): Promise<QueueEntry[]> {
  const entries: QueueEntry[] = []
  let cursor: string | undefined
  do {
    const page = await personalQueue.list({ userId, limit: MAX_PAGE, cursor })
    entries.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return entries
}

async function queuesOf(
  stores: Stores,
  { queue }: Reading,
  projectId: ProjectId | null,
  { role, memberships }: Principal,
): Promise<QueueStatus[]> {
  const within = projectId === null ? (role === 'admin' ? undefined : [...memberships]) : [projectId]
  const projects = await stores.projects.list({ limit: MOST_QUEUES }, within)
  const queues: QueueStatus[] = []
  for (const project of projects) queues.push(await queue.status(project.projectId, {}))
  return queues
}
