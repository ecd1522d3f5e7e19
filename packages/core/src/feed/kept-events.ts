import type { Fact, FactType } from '../events/event.ts'
import type { ProjectId, RunId, TaskId, UserId } from '../ids.ts'
import { cursorOf, DEFAULT_PAGE, keyFromCursor, type Page, type PageRequest, pageLimitOf } from '../paging.ts'
import type { Principal } from '../people/person.ts'
import type { Stores } from '../stores.ts'
import { mayKnow } from './channel.ts'

/** Which of a project's facts are wanted; without more, all that the caller may know. */
export interface KeptEventsRequest extends PageRequest {
  /** With a smaller `seq` than this. */
  readonly before?: number | undefined
  /** With a greater `seq` than this. */
  readonly after?: number | undefined
  readonly type?: readonly FactType[] | undefined
  /** Facts that name this person. */
  readonly userId?: UserId | undefined
  readonly runId?: RunId | undefined
  readonly taskId?: TaskId | undefined
}

/** Facts of the past, read back. */
export interface EventUseCases {
  /**
   * Facts of the project that are still kept, newest first, cut by the same audience as the feed. A page looks at a bounded number of facts: one with fewer
   * items than asked for, or none, may have a `nextCursor`.
   * @throws ValidationError for a limit out of range or a cursor of another list
   */
  list(viewer: Principal, projectId: ProjectId, request: KeptEventsRequest): Promise<Page<Fact>>
}

/** Facts read at once, and looked at for one page. */
const READ = 256
const MOST_LOOKED_AT = 2_048

/** Reads what the feed has told. */
export function eventUseCases({ stores }: { readonly stores: Pick<Stores, 'events'> }): EventUseCases {
  return {
    async list(viewer, projectId, { before, after = 0, type, userId, runId, taskId, ...paging }) {
      const limit = pageLimitOf(paging.limit ?? DEFAULT_PAGE)
      const filters = ['events', projectId, before, after, type, userId, runId, taskId]
      const goesOn =
        paging.cursor === undefined ? undefined : keyFromCursor<{ seq: number }>(paging.cursor, filters)
      const isWanted = (fact: Fact): boolean =>
        mayKnow(viewer, fact) &&
        (type === undefined || type.includes(fact.type)) &&
        (userId === undefined || fact.affectedUserIds?.includes(userId) === true) &&
        (runId === undefined || ('runId' in fact.data && fact.data.runId === runId)) &&
        (taskId === undefined || isAbout(fact, taskId))
      const head = await stores.events.head(projectId)
      const first = Math.min(goesOn?.seq ?? before ?? head + 1, head + 1)
      const items: Fact[] = []
      const page = (end: number): Page<Fact> => ({
        items,
        nextCursor: end - 1 > after ? cursorOf({ seq: end }, filters) : null,
      })
      // Everything from `end` on has been looked at.
      for (let end = first; first - end < MOST_LOOKED_AT; ) {
        const from = Math.max(after, end - 1 - READ)
        if (from >= end - 1) return page(after + 1)
        const facts = await stores.events.read(projectId, from, end - 1 - from)
        const kept = facts.filter(({ seq }) => seq < end)
        for (const fact of kept.toReversed()) {
          if (isWanted(fact)) items.push(fact)
          if (items.length === limit) return page(fact.seq)
        }
        // A missing fact has been forgotten, and so have all before it.
        if (kept[0]?.seq !== from + 1) return page(after + 1)
        end = from + 1
      }
      return page(first - MOST_LOOKED_AT)
    },
  }
}

function isAbout({ data }: Fact, taskId: TaskId): boolean {
  if ('taskIds' in data) return data.taskIds.includes(taskId)
  return 'taskId' in data && data.taskId === taskId
}
