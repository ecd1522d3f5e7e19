import type { Principal, Project, Task } from '@muster/core'
import type { SeenAssignment, SeenTask } from '@muster/core/calls'
import type { AssignmentWork, ClaimResult } from '@muster/core/inbox'
import type { JobWithResult } from '@muster/core/ports'
import { purposeOf } from '@muster/core/quality'
import { atLeast } from './access/authority.ts'

export { queueItemView, runView } from '@muster/core/feed'

/** An assignment as it goes out. What the viewer may not see was already taken out by core, and is left out here. */
export function assignmentView({
  slotNo: _slotNo,
  endedAt: _endedAt,
  result,
  draft,
  draftComment,
  handedIn,
  userId,
  ...assignment
}: SeenAssignment): object {
  return {
    ...assignment,
    ...(userId === null ? {} : { userId }),
    ...(result === null ? {} : { result }),
    ...(draft === null ? {} : { draft }),
    ...(draftComment === null ? {} : { draftComment }),
    ...(handedIn === null ? {} : { handedIn }),
  }
}

/** The answer to a claim as it goes out. */
export function claimView(claim: ClaimResult, viewer: Principal): object {
  if (claim.kind === 'nothing') return { assignment: null, open: claim.open, reasons: claim.reasons }
  return { assignment: assignmentView(claim.assignment), task: taskView(claim.task, viewer) }
}

/** All that a page needs to work on something, as it goes out. */
export function workView(work: AssignmentWork): object {
  return { ...work, assignment: assignmentView(work.assignment) }
}

/** A project as it goes out: how it watches people is for those who manage it. */
export function projectView(project: Project, { role }: Principal): Project {
  return atLeast(role, 'manager') ? project : { ...project, quality: null }
}

/** A task as it goes out: its gold, and if it is a control, only to managers. */
export function taskView(task: Task | SeenTask, viewer: Principal): object {
  const { stepOpenedAt: _opened, returns, jobId: _job, gold, overlapEnds: _ends, ...rest } = task
  if (!atLeast(viewer.role, 'manager')) return rest
  return {
    ...rest,
    ...(gold !== null && { gold }),
    ...(returns !== null && { purpose: purposeOf({ returns }) }),
  }
}

export function jobView(job: JobWithResult): object {
  const {
    jobId,
    runId,
    type,
    model,
    scenarioId,
    repeat,
    state,
    priority,
    attempt,
    maxAttempts,
    createdAt,
    startedAt,
    finishedAt,
    result,
    error,
  } = job
  return {
    jobId,
    runId,
    type,
    model,
    scenarioId,
    repeat,
    state,
    priority,
    attempt,
    maxAttempts,
    createdAt,
    startedAt,
    finishedAt,
    result,
    error,
  }
}
