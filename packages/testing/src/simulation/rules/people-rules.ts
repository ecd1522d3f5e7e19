import { isDeepStrictEqual } from 'node:util'
import type { Assignment, Project, ProjectId, TaskId, UserId, Workflow } from '@muster/core'
import type { Fact } from '@muster/core/feed'
import type { Form } from '@muster/core/forms'
import type { Slot, Stores, TaskWork } from '@muster/core/ports'
import { mostSlots, purposeOf, slotsAtFirst } from '@muster/core/quality'
import {
  excludedSteps,
  holdsOrSubmitted,
  isLive,
  isPeopleStep,
  limitOf,
  TASK_MOVES,
} from '@muster/core/rules'
import { termsOf } from '@muster/core/use-cases'
import { AheadRules } from './ahead-rules.ts'
import { CounterRules } from './counter-rules.ts'
import type { FeedRules } from './feed-rules.ts'
import { OverlapRules } from './overlap-rules.ts'
import { must } from './violation.ts'

/** So long a lease lasts after what waits under it has gone through. */
const WAITING_LEASE_MS = 60_000

/** What the rules are asked with. */
export interface PeopleWorld {
  readonly workflow: Workflow
  /** Those that its steps name. */
  readonly forms: readonly Form[]
  readonly projects: ReadonlyMap<ProjectId, Project>
  readonly userIds: readonly UserId[]
}

/** The rules about people and their work, asked of every row that a commit has changed. */
export class PeopleRules {
  readonly #world: PeopleWorld
  readonly overlap: OverlapRules
  readonly ahead = new AheadRules()
  readonly #counters: CounterRules
  readonly #works = new Map<TaskId, TaskWork>()
  /** Until when a slot rests, as its own history says: by `<taskId> <stepId> <slotNo>`. */
  readonly #rests = new Map<string, number>()
  /** As of the last commit, by `<projectId> <userId>`. */
  #paused: ReadonlySet<string> = new Set()

  constructor(world: PeopleWorld) {
    this.#world = world
    this.overlap = new OverlapRules(world.workflow, world.forms)
    this.#counters = new CounterRules(world.workflow, world.forms)
  }

  /** Tasks as of the last commit. */
  get works(): ReadonlyMap<TaskId, TaskWork> {
    return this.#works
  }

  /** @throws ViolationError */
  async look(stores: Stores, feed: FeedRules, facts: readonly Fact[], now: number): Promise<void> {
    const changed: TaskWork[] = []
    for (const taskId of feed.tasks) {
      const work = await stores.tasks.findWork(taskId)
      must('A task stays', work !== undefined, () => taskId)
      if (work === undefined) continue
      const before = this.#works.get(taskId)
      if (before && isSame(before, work)) continue
      must(
        'Only moves of a task',
        before === undefined ||
          before.task.status === work.task.status ||
          TASK_MOVES[before.task.status].includes(work.task.status),
        () => `${taskId} went from ${before?.task.status} to ${work.task.status}`,
      )
      this.#checkSlots(work)
      this.#checkRows(work, feed)
      this.#checkRests(before, work, now)
      this.#checkWaiting(before, work)
      this.ahead.look(before, work, now)
      await this.overlap.look(stores, before, work)
      this.#works.set(taskId, work)
      changed.push(work)
    }
    await this.#counters.look(stores, changed)
    this.#checkTold(facts, feed)
    await this.#checkPauses(stores, facts)
    this.#noteRests(facts, now)
    await this.#checkPeople(stores)
    await this.#checkUnseen(stores, facts)
  }

  #checkSlots({ task, slots, assignments }: TaskWork): void {
    const byId = new Map(assignments.map((row) => [row.assignmentId, row]))
    for (const step of this.#world.workflow.steps.filter(isPeopleStep)) {
      const here = slots.filter(({ stepId }) => stepId === step.stepId)
      const places = here.length
      const least = slotsAtFirst(step) + here.filter(({ reopened }) => reopened).length
      const isWithin = places === 0 || (places >= least && places <= mostSlots(step, slots))
      const isFree = purposeOf(task) === 'control'
      must('Overlap is slots', isWithin || isFree, () => `${places} slots of ${step.stepId}`)
    }
    for (const slot of slots) {
      const row = slot.assignmentId === null ? undefined : byId.get(slot.assignmentId)
      const what = (): string => `${task.taskId} ${slotName(slot)} and ${nameOf(row)}`
      if (slot.state === 'held') {
        must('A held slot has a live row', row !== undefined && isLive(row) && isAt(row, slot), what)
      }
      if (slot.state === 'done')
        must('A done slot has a submitted row', row?.status === 'submitted' && isAt(row, slot), what)
      if (slot.state === 'free' || slot.state === 'cooling') {
        must(
          'Only slots of the current step are open',
          task.status === 'open' && slot.stepId === task.currentStepId,
          what,
        )
      }
    }
  }

  #checkRows({ task, slots, assignments }: TaskWork, feed: FeedRules): void {
    const holds = new Set(assignments.map(({ userId, stepId }) => `${userId} ${stepId}`))
    must('No duplicates', holds.size === assignments.length, () => task.taskId)
    const done = slots.flatMap(({ state, assignmentId }) => (state === 'done' ? [assignmentId] : []))
    must('A submission fills one slot', new Set(done).size === done.length, () => task.taskId)
    must(
      'A task that is over stands nowhere',
      (task.currentStepId === null) === (task.status !== 'open' || purposeOf(task) === 'control'),
      () => task.taskId,
    )
    for (const row of assignments) {
      const told = feed.assignments.get(row.assignmentId)
      must(
        'The feed says what the row says',
        told?.status === row.status && told.attempt === row.attempt,
        () => `${nameOf(row)}; told ${told ? `${told.status} #${told.attempt}` : 'nothing'}`,
      )
      if (isLive(row)) {
        const held = slots.filter(
          (slot) => slot.state === 'held' && slot.assignmentId === row.assignmentId,
        ).length
        must('A live row holds one slot', held === 1, () => `${nameOf(row)} holds ${held}`)
        must(
          'A live row is at the current step',
          row.stepId === task.currentStepId || purposeOf(task) === 'control',
          () => nameOf(row),
        )
        must('A live row has a lease', row.expiresAt !== null, () => nameOf(row))
      }
      this.#checkExclusion(row, assignments)
    }
  }

  #checkExclusion(row: Assignment, all: readonly Assignment[]): void {
    const project = this.#world.projects.get(row.projectId)
    if (!project || !holdsOrSubmitted(row) || row.overrideReason !== null) return
    const excluded = excludedSteps(this.#world.workflow, project.assignment, row.stepId)
    const clash = all.find(
      (other) =>
        other.userId === row.userId &&
        excluded.includes(other.stepId) &&
        holdsOrSubmitted(other) &&
        other.overrideReason === null,
    )
    must('Cross-step exclusion', clash === undefined, () => `${nameOf(row)} and ${nameOf(clash)}`)
  }

  /** What waits holds its place until it goes through as it was handed in, or is a draft. */
  #checkWaiting(before: TaskWork | undefined, after: TaskWork): void {
    for (const row of after.assignments) {
      const { submitsAt, handedIn, handedInAt, expiresAt, status } = row
      const isWhole = [submitsAt, handedIn, handedInAt].every(
        (part) => (part === null) === (submitsAt === null),
      )
      must('What waits is whole', isWhole, () => nameOf(row))
      if (submitsAt !== null && expiresAt !== null) {
        must('Only work in progress waits', status === 'in_progress', () => nameOf(row))
        const margin = expiresAt.getTime() - submitsAt.getTime()
        must(
          'A lease outlives what waits',
          margin >= WAITING_LEASE_MS,
          () => `${nameOf(row)} by ${margin} ms`,
        )
      }
      const was = before?.assignments.find(({ assignmentId }) => assignmentId === row.assignmentId)
      if (was?.handedIn == null || submitsAt !== null || status === 'submitted') continue
      // Sent back by the very move that submitted it.
      if (row.attempt !== was.attempt) continue
      const isKept = isDeepStrictEqual(row.draft, was.handedIn.result)
      must('What does not go through is a draft', isKept, () => nameOf(row))
    }
  }

  /** Nobody is given a slot that rests. */
  #checkRests(before: TaskWork | undefined, after: TaskWork, now: number): void {
    for (const slot of after.slots) {
      if (slot.state !== 'held') continue
      const was = before?.slots.find(({ stepId, slotNo }) => stepId === slot.stepId && slotNo === slot.slotNo)
      if (was?.state === 'held' && was.assignmentId === slot.assignmentId) continue
      const cooling = was?.state === 'cooling' && was.wakeAt !== null && was.wakeAt.getTime() > now
      const rests = (this.#rests.get(slotKey(slot)) ?? 0) > now
      must('Cooldown is respected', !cooling && !rests, () => `${slotName(slot)} of ${slot.taskId}`)
    }
  }

  /** Nothing is given to somebody whom an earlier commit has paused, until another one lifts it. */
  async #checkPauses({ quality }: Stores, facts: readonly Fact[]): Promise<void> {
    for (const { type, projectId, data } of facts) {
      if (type !== 'task_assigned' && type !== 'task_reassigned') continue
      const paused = this.#paused.has(`${projectId} ${data.userId}`)
      must('A paused person is given nothing', !paused, () => `${data.userId} was given ${data.taskId}`)
    }
    const projectIds = [...this.#world.projects.keys()]
    const watches = await quality.listWatches({ projectIds, userIds: this.#world.userIds })
    this.#paused = new Set(
      watches.flatMap(({ projectId, userId, paused }) => (paused === null ? [] : [`${projectId} ${userId}`])),
    )
  }

  /** A fact is true when it can be read. */
  #checkTold(facts: readonly Fact[], feed: FeedRules): void {
    for (const { data } of facts) {
      if (!('assignmentId' in data)) continue
      const { taskId, assignmentId } = data
      const row = this.#works.get(taskId)?.assignments.find((one) => one.assignmentId === assignmentId)
      const told = feed.assignments.get(assignmentId)
      must(
        'A fact is true when it can be read',
        row !== undefined && row.status === told?.status && row.attempt === told.attempt,
        () => `${nameOf(row)}; told ${told?.status} #${told?.attempt}`,
      )
    }
  }

  /** A slot that its holder gave up rests from then on. */
  #noteRests(facts: readonly Fact[], now: number): void {
    for (const { type, data, projectId } of facts) {
      if (
        type !== 'task_status_changed' ||
        data.ahead ||
        !(data.status === 'rejected' || data.status === 'reassigned')
      )
        continue
      const row = this.#works
        .get(data.taskId)
        ?.assignments.find((one) => one.assignmentId === data.assignmentId)
      const step = this.#world.workflow.steps.find(({ stepId }) => stepId === data.stepId)
      const project = this.#world.projects.get(projectId)
      if (!row || !step || !project) continue
      this.#rests.set(slotKey(row), now + termsOf(step, project.assignment).cooldownMs)
    }
  }

  /** After each commit that gave something ahead, or ended it. */
  async #checkUnseen(stores: Stores, facts: readonly Fact[]): Promise<void> {
    const { userIds, workflow } = this.#world
    const stepTypes = workflow.steps.filter(isPeopleStep).map(({ stepType }) => stepType)
    const concerned = facts.filter(({ data }) => 'ahead' in data && data.ahead === true)
    for (const projectId of new Set(concerned.map((one) => one.projectId)))
      await this.ahead.compare(stores, this.#works.values(), { projectId, stepTypes, userIds })
  }

  async #checkPeople({ people }: Stores): Promise<void> {
    const rows = [...this.#works.values()].flatMap(({ assignments }) => assignments.filter(isLive))
    for (const { userId, status, maxConcurrentAssignments } of await people.findMany(this.#world.userIds)) {
      const held = rows.filter((row) => row.userId === userId)
      must('Nobody suspended holds anything', status !== 'suspended' || held.length === 0, () => userId)
      for (const projectId of new Set(held.map((row) => row.projectId))) {
        const project = this.#world.projects.get(projectId)
        const limit = project
          ? limitOf(maxConcurrentAssignments, project.assignment)
          : Number.POSITIVE_INFINITY
        must('Limit', held.length <= limit, () => `${userId} holds ${held.length} of ${limit}`)
      }
    }
  }
}

function isSame(one: TaskWork, other: TaskWork): boolean {
  return (
    one.task === other.task &&
    one.slots.length === other.slots.length &&
    one.assignments.length === other.assignments.length &&
    one.slots.every((slot, place) => slot === other.slots[place]) &&
    one.assignments.every((row, place) => row === other.assignments[place])
  )
}

function isAt(row: Assignment, slot: Slot): boolean {
  return row.stepId === slot.stepId && row.slotNo === slot.slotNo
}

function slotKey({ taskId, stepId, slotNo }: Pick<Slot, 'taskId' | 'stepId' | 'slotNo'>): string {
  return `${taskId} ${stepId} ${slotNo}`
}

function slotName({ stepId, slotNo, state, assignmentId }: Slot): string {
  return `slot ${stepId}/${slotNo} (${state}, ${assignmentId})`
}

function nameOf(row: Assignment | undefined): string {
  return row
    ? `${row.assignmentId} (${row.userId} on ${row.stepId}/${row.slotNo}, ${row.status} #${row.attempt})`
    : 'no row'
}
