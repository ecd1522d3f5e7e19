import { shareInterval } from '@muster/statistics'
import type { Clock } from '../environment.ts'
import { ConflictError, NotFoundError } from '../errors.ts'
import type { EventStore } from '../events/event-store.ts'
import type { AssignmentId, ProjectId, TaskId, UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { PeopleStore } from '../people/people-store.ts'
import type { EndHolds, SettleSubmissions } from '../people/people-use-cases.ts'
import type { ProjectStore } from '../people/project-store.ts'
import type { Transactions } from '../transactions.ts'
import { answerFrom } from './answers.ts'
import { personPaused, personResumed } from './facts.ts'
import type { KnownCounter } from './known.ts'
import type { KnownAnswers, PersonMove, PersonQuality, QualityUseCases } from './quality.ts'
import { personMove } from './quality-input.ts'
import type { QualityStore } from './quality-store.ts'
import { freshWatch, type Watch, watchResumed } from './watch.ts'

/** Most submissions of somebody that are named. */
const MOST_NAMED = 1_000

/** Most pauses of somebody that are told. */
const MOST_PAUSES = 100

/** The stores that people's quality is read from, and that a pause changes. */
export interface WatchingStores {
  readonly people: PeopleStore
  readonly projects: ProjectStore
  readonly quality: QualityStore
  readonly events: Pick<EventStore, 'append'>
}

/** A submission of annotation. */
interface Submitted {
  readonly taskId: TaskId
  readonly assignmentId: AssignmentId
  readonly submittedAt: Date
}

/** Dependencies of the use cases of people's quality. */
export interface WatchingDeps<Stores extends WatchingStores> {
  readonly transactions: Transactions<Stores>
  readonly clock: Clock
  readonly endHolds: EndHolds<Stores>
  readonly settleSubmissions: SettleSubmissions
  /** Annotations that somebody has submitted in a project since a moment, newest first. */
  readonly submittedSince: (
    projectId: ProjectId,
    userId: UserId,
    since: Date,
    limit: number,
  ) => Promise<readonly Submitted[]>
  /** Asks one more person on a task, if it still is open; whether it was. */
  readonly reopen: (assignmentId: AssignmentId, by: UserId | undefined) => Promise<boolean>
}

type Watching = Pick<QualityUseCases, 'person' | 'pause' | 'resume' | 'reopen'>

/** The use cases of people's quality in a project. */
export function watchingUseCases<Stores extends WatchingStores>(deps: WatchingDeps<Stores>): Watching {
  const { transactions, clock, endHolds, settleSubmissions, submittedSince, reopen } = deps
  const { stores } = transactions

  /** The watch on a person whom the project knows. @throws NotFoundError */
  const watchOn = async (
    { people, projects, quality }: WatchingStores,
    projectId: ProjectId,
    userId: UserId,
  ): Promise<Watch> => {
    if (!(await projects.find(projectId))) throw new NotFoundError('project', projectId)
    const [watch] = await quality.listWatches({ projectIds: [projectId], userIds: [userId] })
    if (watch !== undefined) return watch
    const isMember = (await people.membershipsOf(userId)).includes(projectId)
    if (!isMember) throw new NotFoundError('member', userId)
    return freshWatch(projectId, userId)
  }

  /** Changes the watch under the person's lock, so that all who give out work wait for it. */
  const change = (
    { projectId, userId }: PersonMove,
    act: (inside: Stores, watch: Watch) => Promise<Watch>,
  ): Promise<PersonQuality['watch']> =>
    transactions.transaction(async (inside) => {
      await inside.people.lock([userId])
      await watchOn(inside, projectId, userId)
      return seen(await act(inside, await inside.quality.lockWatch(projectId, userId)))
    })

  return {
    async person(projectId, userId) {
      const watch = await watchOn(stores, projectId, userId)
      const known = knownAnswers(await stores.quality.listKnown(projectId, userId))
      const { suspectSince } = watch
      return {
        userId,
        known,
        accuracy: known.map(accuracyOf),
        watch: seen(watch),
        pauses: await stores.quality.listLifted(projectId, userId, MOST_PAUSES),
        controlsLeft: (await stores.quality.listControls(projectId, userId, MOST_NAMED)).length,
        suspect:
          suspectSince === null ? [] : await submittedSince(projectId, userId, suspectSince, MOST_NAMED),
      }
    },

    async pause(move) {
      const { reason } = parse(personMove, { reason: move.reason })
      const { projectId, userId, by = null } = move
      await settleSubmissions(userId)
      return change(move, async (inside, watch) => {
        if (watch.paused !== null) return watch
        await watching(inside, projectId)
        const paused: Watch = {
          ...watch,
          paused: { since: clock.now(), reason: 'manager', by, words: reason },
        }
        await inside.quality.saveWatch(paused)
        await endHolds(inside, userId, projectId, 'quality_paused', by)
        await inside.events.append([personPaused(paused)])
        return paused
      })
    },

    async resume(move) {
      const { reason: words } = parse(personMove, { reason: move.reason })
      const { projectId, userId, by = null } = move
      return change(move, async (inside, watch) => {
        if (watch.paused === null) return watch
        const at = clock.now()
        const resumed = watchResumed(watch, at)
        await inside.quality.saveWatch(resumed)
        await inside.quality.addLifted(projectId, userId, { ...watch.paused, lifted: { at, by, words } })
        await inside.events.append([personResumed(resumed, by)])
        return resumed
      })
    },

    async reopen({ projectId, userId, since, by }) {
      const { suspectSince } = await watchOn(stores, projectId, userId)
      const from = since ?? suspectSince
      if (from === null)
        throw new ConflictError('Nothing speaks against the person now: say since when', { userId })
      const taskIds: TaskId[] = []
      for (const { taskId, assignmentId } of await submittedSince(projectId, userId, from, MOST_NAMED))
        if (await reopen(assignmentId, by)) taskIds.push(taskId)
      return { taskIds }
    },
  }
}

/** From now on claims in the project look at watches: only the policy, even one that says nothing, makes them. */
async function watching({ projects }: WatchingStores, projectId: ProjectId): Promise<void> {
  const project = await projects.find(projectId)
  if (project?.quality === null) await projects.save({ ...project, quality: {} })
}

function seen({ projectId: _project, userId: _user, ...watch }: Watch): PersonQuality['watch'] {
  return watch
}

function knownAnswers(counters: readonly KnownCounter[]): KnownAnswers[] {
  const byQuestion = Map.groupBy(counters, ({ stepId, question }) => JSON.stringify([stepId, question]))
  return [...byQuestion.values()].flatMap((rows) => {
    const [first] = rows
    if (first === undefined) return []
    const times = (of: boolean): number =>
      rows.reduce((sum, row) => sum + (row.right === of ? row.times : 0), 0)
    return [
      {
        stepId: first.stepId,
        question: first.question,
        right: times(true),
        wrong: times(false),
        answers: rows
          .filter(({ known }) => known !== '')
          .map(({ known, given, right, times: count }) => ({
            known: answerFrom(known),
            given: given === '' ? null : answerFrom(given),
            right,
            times: count,
          })),
      },
    ]
  })
}

function accuracyOf({ stepId, question, right, wrong }: KnownAnswers): PersonQuality['accuracy'][number] {
  const answers = right + wrong
  const value = right / answers
  const interval =
    answers < 2 ? null : shareInterval(value, Math.sqrt((value * (1 - value)) / answers), answers)
  return { stepId, question, value, low: interval?.low ?? null, high: interval?.high ?? null, answers }
}
