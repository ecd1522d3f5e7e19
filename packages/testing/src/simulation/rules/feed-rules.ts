import type { AssignmentId, AssignmentStatus, JobId, ProjectId, RunId, RunStatus, TaskId } from '@muster/core'
import type { Fact, FactData } from '@muster/core/feed'
import type { Stores } from '@muster/core/ports'
import { ASSIGNMENT_MOVES, RUN_MOVES } from '@muster/core/rules'
import { must } from './violation.ts'

/** An assignment as the feed tells it. */
interface Told {
  readonly status: AssignmentStatus
  readonly attempt: number
  /** A review sent the task back and ended this; its slot is kept for its person. */
  readonly returned: boolean
}

type TaskMove = FactData['task_assigned']

/** A feed is read to its end; no commit of a simulation writes more. */
const MOST_FACTS = 10_000

/**
 * What the feed says must be a story that can be true: numbers without a gap, and each move beginning where the one before it ended. The
 * other rules hold the rows to it.
 */
export class FeedRules {
  /** What every assignment came to, by the facts. */
  readonly assignments = new Map<AssignmentId, Told>()
  readonly runs = new Map<RunId, RunStatus>()
  readonly tasks = new Set<TaskId>()
  readonly jobs = new Set<JobId>()
  /** Submissions that were told, as `<assignmentId> <attempt>`. */
  readonly submissions = new Set<string>()
  /** Assignments of this commit that are nobody's own coming back after a review's return. */
  givenOut: readonly Fact[] = []
  readonly #heads = new Map<ProjectId, number>()
  readonly #completed = new Set<TaskId>()

  /** Reads what this commit adds to the feed. @throws ViolationError */
  async look({ events }: Stores, projectIds: readonly ProjectId[]): Promise<Fact[]> {
    const all: Fact[] = []
    const given: Fact[] = []
    for (const projectId of projectIds) {
      let head = this.#heads.get(projectId) ?? 0
      const facts = await events.read(projectId, head, MOST_FACTS)
      for (const fact of facts) {
        if (isGivenOut(fact, this.assignments)) given.push(fact)
        must('The feed has no gap', fact.seq === head + 1, () => `${fact.seq} follows ${head}`)
        head = fact.seq
        this.#hear(fact)
        all.push(fact)
      }
      const said = await events.head(projectId)
      must('The head is the last fact', said === head, () => `head ${said}, last fact ${head}`)
      this.#heads.set(projectId, head)
    }
    this.givenOut = given
    return all
  }

  #hear(fact: Fact): void {
    switch (fact.type) {
      case 'task_added':
        for (const taskId of fact.data.taskIds) this.tasks.add(taskId)
        break
      case 'task_assigned':
      case 'task_status_changed':
      case 'task_unavailable':
        this.#move(fact.data)
        break
      case 'task_reassigned':
        this.#handOver(fact.data)
        break
      case 'task_completed':
        must('A task completes once', !this.#completed.has(fact.data.taskId), () => fact.data.taskId)
        this.#completed.add(fact.data.taskId)
        break
      case 'run_status_changed':
        this.#moveRun(fact.data)
        break
      case 'queue_item_added':
        if ('itemId' in fact.data) this.jobs.add(fact.data.itemId)
        break
      case 'person_paused':
      case 'person_resumed':
      case 'control_judged':
      case 'controls_exhausted':
      case 'operation_done':
      case 'price_missing':
      case 'budget_warned':
      case 'budget_reached':
      case 'budget_changed':
      case 'comparison_created':
      case 'calibration_drawn':
      case 'calibration_completed':
      case 'gate_decided':
      case 'schedule_changed':
      case 'schedule_refused':
      case 'webhook_disabled':
      case 'import_ended':
      case 'export_ended':
      case 'task_updated':
      case 'task_flagged':
      case 'task_overlap_added':
      case 'run_changed':
      case 'queue_item_removed':
      case 'queue_paused':
      case 'queue_resumed':
      case 'queue_cleared':
      case 'job_failed':
        break
    }
  }

  #move({ assignmentId, status, from, attempt, reason }: TaskMove): void {
    const before = this.assignments.get(assignmentId)
    const returned = reason === 'task_returned'
    const after = { status: status as AssignmentStatus, attempt, returned }
    const what = (): string => `${assignmentId}: ${told(before)} → ${from} → ${told(after)}`
    must('A fact begins where the last one ended', from === (before?.status ?? null), what)
    const allowed = before ? ASSIGNMENT_MOVES[before.status] : (['assigned'] as const)
    must('Only moves of the state table', allowed.includes(after.status), what)
    const rises = after.status === 'assigned'
    must('The attempt rises with each hold', attempt === (before?.attempt ?? 0) + (rises ? 1 : 0), what)
    this.assignments.set(assignmentId, after)
    if (after.status === 'submitted') this.submissions.add(`${assignmentId} ${attempt}`)
  }

  #handOver(move: FactData['task_reassigned']): void {
    const previous = this.assignments.get(move.previousAssignmentId)
    must(
      'Only a live hold is handed over',
      previous !== undefined && ASSIGNMENT_MOVES[previous.status].includes('reassigned'),
      () => `${move.previousAssignmentId} was ${told(previous)}`,
    )
    const attempt = previous?.attempt ?? 0
    this.assignments.set(move.previousAssignmentId, { status: 'reassigned', attempt, returned: false })
    this.#move(move)
  }

  #moveRun({ runId, status, from }: FactData['run_status_changed']): void {
    const before = this.runs.get(runId)
    const what = (): string => `${runId}: ${before} → ${from} → ${status}`
    must('A fact begins where the last one ended', from === (before ?? null), what)
    const allowed: readonly string[] = before ? RUN_MOVES[before] : ['pending', 'completed']
    must('Only moves of the state table', allowed.includes(status), what)
    this.runs.set(runId, status as RunStatus)
  }
}

function isGivenOut({ type, data }: Fact, before: ReadonlyMap<AssignmentId, Told>): boolean {
  if (type === 'task_reassigned') return true
  const row = type === 'task_assigned' ? before.get(data.assignmentId) : undefined
  return type === 'task_assigned' && row?.status !== 'submitted' && row?.returned !== true
}

function told(one: Told | undefined): string {
  return one ? `${one.status} #${one.attempt}` : 'nothing'
}
